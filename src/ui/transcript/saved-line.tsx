import { useEffect, useState } from "preact/hooks";

import type { SessionView } from "#ui/session-view.ts";
import type { Ui } from "#ui/ui-context.ts";

import { clockTime, wholeSeconds } from "./words.ts";

/** A run is saved about once a second: what is younger than this is simply saved, and nothing on screen has to count. */
const FRESH_MS = 3_000;

export interface Saving {
  readonly tone: "quiet" | "problem";
  readonly words: string;
}

export interface SavingFacts {
  /** Epoch ms of the last durable write; null: nothing was ever written. */
  readonly savedAt: number | null;
  readonly isRunning: boolean;
  /** Why storage fails; null: it works. */
  readonly trouble: string | null;
  readonly isAgentThere: boolean;
  readonly now: number;
}

/** How the work of the session on screen stands on disk, in a few words. Null: there is nothing to save yet. */
export function savingOf({ savedAt, isRunning, trouble, isAgentThere, now }: SavingFacts): Saving | null {
  if (savedAt === null) return trouble === null ? null : { tone: "problem", words: `Not saved: ${trouble}` };
  const ageMs = now - savedAt;
  if (trouble !== null && ageMs > FRESH_MS) {
    return isRunning
      ? { tone: "problem", words: `Not saved for ${wholeSeconds(ageMs)}: ${trouble}` }
      : { tone: "problem", words: `Last saved at ${clockTime(savedAt, now)}. ${trouble}` };
  }
  if (!isAgentThere) return { tone: "quiet", words: `Saved up to ${clockTime(savedAt, now)}` };
  if (isRunning && ageMs > FRESH_MS) return { tone: "quiet", words: `Saved ${wholeSeconds(ageMs)} ago` };
  return { tone: "quiet", words: "Saved" };
}

interface SavedLineProps {
  readonly ui: Ui;
  readonly session: SessionView;
}

/**
 * The one quiet line that says when the work was last saved. Never a live region: what goes wrong is told by a banner, and
 * what goes well needs no voice.
 */
export function SavedLine({ ui: { ports, view }, session }: SavedLineProps) {
  const isRunning = session.isRunning.value;
  const savedAt = session.savedAt.value;
  const trouble = view.storageTrouble.value;
  const now = useTime(ports, ports.isVisible.value && (isRunning || trouble !== null));
  const saving = savingOf({
    savedAt: session.session.value === null ? null : savedAt,
    isRunning,
    trouble: trouble === null || trouble.isSaving ? null : firstSentence(trouble.message),
    isAgentThere: ports.agentState.value === "ready",
    now: Math.max(now, savedAt ?? 0),
  });
  if (saving === null) return null;
  return (
    <span data-tone={saving.tone} title={savedAt === null ? undefined : `Last saved at ${clockTime(savedAt, now)}`}>
      {saving.words}
    </span>
  );
}

/** Epoch ms, read anew each second while `isCounting`. */
function useTime(ports: Ui["ports"], isCounting: boolean): number {
  const [now, setNow] = useState(() => ports.now());
  useEffect(() => {
    if (!isCounting) return;
    setNow(ports.now());
    const timer = setInterval(() => setNow(ports.now()), 1_000);
    return () => clearInterval(timer);
  }, [ports, isCounting]);
  return now;
}

function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text;
}
