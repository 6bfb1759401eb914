import { useSignalEffect } from "@preact/signals";
import { useRef, useState } from "preact/hooks";

import type { Turn } from "#domain/turn.ts";
import { openRun, turnStatus } from "#domain/turn.ts";

import { useTranscript } from "./transcript-context.ts";

/**
 * How the line beside an answer is drawn. It is the state of the work on disk, told by shape as well as by colour:
 * solid is saved, dashed is on its way, dotted waits, a cut end is an answer that ends in the middle.
 */
export type RailKind =
  | "saved"
  | "live"
  | "waiting"
  | "approval"
  | "interrupted"
  | "stopped"
  | "limit"
  | "failed"
  | "none";

export function railKind(turn: Turn): RailKind {
  if (turn.resolution === "discarded") return "none";
  const status = turnStatus(turn);
  switch (status) {
    case "completed":
      return "saved";
    case "pending":
      return "waiting";
    case "running":
      if (turn.parts.some((part) => part.kind === "tool-call" && part.state === "needs-approval")) return "approval";
      return openRun(turn)?.phase.kind === "working" ? "live" : "waiting";
    case "interrupted":
      return turn.resolution === "kept" ? "stopped" : "interrupted";
    case "stopped":
      return "stopped";
    case "tool-limit":
    case "context-full":
      return "limit";
    case "no-answer":
      return "interrupted";
    case "error":
      return "failed";
  }
}

/** The line of a settled answer. */
export function Rail({ kind }: { readonly kind: RailKind }) {
  if (kind === "none") return null;
  return <span class="rail" data-kind={kind} aria-hidden="true" />;
}

/** Nearer than this, two ticks would be one blot. */
const TICK_DISTANCE_PX = 14;

/** The line of an answer that grows: solid down to what is saved, with a tick for each checkpoint, dashed below. */
export function LiveRail({ kind }: { readonly kind: RailKind }) {
  const { session } = useTranscript();
  const railRef = useRef<HTMLSpanElement>(null);
  const [saved, setSaved] = useState(0);
  const [ticks, setTicks] = useState<readonly number[]>([]);
  const isFirstRef = useRef(true);
  useSignalEffect(() => {
    if (session.savedAt.value === null || railRef.current === null) return;
    const height = railRef.current.offsetHeight;
    setSaved(height);
    // What was there when the page came is saved; ticks are for what was written since.
    if (!isFirstRef.current)
      setTicks((known) => [...known.filter((tick) => tick <= height - TICK_DISTANCE_PX), height]);
    isFirstRef.current = false;
  });
  return (
    <span ref={railRef} class="rail" data-kind={kind} aria-hidden="true">
      <span class="rail-saved" style={{ blockSize: `${String(saved)}px` }} />
      {ticks.map((top) => (
        <span key={top} class="rail-tick" style={{ insetBlockStart: `${String(top)}px` }} />
      ))}
    </span>
  );
}
