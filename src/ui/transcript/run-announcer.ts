import type { RunEvent } from "#domain/run-event.ts";
import type { Turn } from "#domain/turn.ts";
import { lastRun, openRun, replyText } from "#domain/turn.ts";
import type { Settings } from "#protocol/commands.ts";
import type { Announcer, Priority } from "#ui/kit/announcer.ts";
import type { SessionView, TurnChange } from "#ui/session-view.ts";
import type { ViewState } from "#ui/view-state.ts";

import { countCodeBlocks, plainText } from "./markdown/plain-text.ts";
import { causeSentence, count } from "./words.ts";

export interface Announcement {
  readonly text: string;
  readonly priority: Priority;
}

type Amount = Settings["announceReplies"];

/** Nothing is said about a start that is followed by text before this. */
const WORKING_AFTER_MS = 1_500;
const STILL_WORKING_AFTER_MS = 20_000;
const STILL_WORKING_EVERY_MS = 60_000;
/** UTF-16 units of an answer that is read out whole. */
const SHORT_ANSWER = 400;

/** Speaks at the boundaries of the session's run. Returns the end of it. */
export function announceRuns(
  session: SessionView,
  { announcer, view }: { readonly announcer: Announcer; readonly view: ViewState },
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const quiet = () => {
    clearTimeout(timer);
  };
  const remind = (turnSeq: number, delayMs: number, text: (turn: Turn) => string) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const turn = session.turn(turnSeq)?.peek();
      if (turn === undefined || openRun(turn) === undefined) return;
      announcer.say(text(turn));
      remind(turnSeq, STILL_WORKING_EVERY_MS, stillWorking);
    }, delayMs);
  };
  const end = session.onChange((change) => {
    const amount = view.settings.peek()?.announceReplies ?? "when-finished";
    for (const { text, priority } of announcementsFor(change, amount)) announcer.say(text, priority);
    if (amount === "off") return;
    for (const event of change.events) {
      if (event.type === "run-started") remind(change.after.seq, WORKING_AFTER_MS, () => "Working.");
      else if (event.type === "run-ended") quiet();
      else if (isFirstSign(event, change.before)) remind(change.after.seq, STILL_WORKING_AFTER_MS, stillWorking);
    }
  });
  return () => {
    quiet();
    end();
  };
}

function isFirstSign(event: RunEvent, before: Turn | null): boolean {
  return (event.type === "part-opened" || event.type === "tool-call-started") && (before?.parts.length ?? 0) === 0;
}

function stillWorking(turn: Turn): string {
  const used = turn.parts.filter((part) => part.kind === "tool-call").length;
  return used === 0 ? "Still working." : `Still working, ${count(used, "tool")} used.`;
}

/** What is said about one change of a turn. One text for each boundary. */
export function announcementsFor(change: TurnChange, amount: Amount): readonly Announcement[] {
  return change.events.flatMap((event): Announcement[] => {
    if (event.type === "approval-requested") {
      return [{ text: `Approval needed: ${event.request.title}.`, priority: "high" }];
    }
    if (event.type === "run-waiting") return [{ text: waitingWords(event), priority: "normal" }];
    return event.type === "run-ended" ? endWords(change.after, amount) : [];
  });
}

function waitingWords(event: Extract<RunEvent, { type: "run-waiting" }>): string {
  return event.reason === "network" ? "Waiting for the network." : `${event.why} Trying again soon.`;
}

function endWords(turn: Turn, amount: Amount): Announcement[] {
  const outcome = lastRun(turn)?.outcome ?? null;
  switch (outcome?.kind) {
    case undefined:
      return [];
    case "completed":
      if (amount === "off") return [];
      return [
        { text: amount === "start-and-end" ? "Reply finished." : finishedWords(replyText(turn)), priority: "normal" },
      ];
    case "stopped":
      return [{ text: "Stopped.", priority: "normal" }];
    case "interrupted":
      return [{ text: `Interrupted. ${causeSentence(outcome.cause, lastRun(turn)?.hasProgress)}`, priority: "normal" }];
    case "no-answer":
      return [{ text: "The model returned no answer.", priority: "high" }];
    case "tool-limit":
      return [{ text: `Stopped after ${count(outcome.steps, "step")}.`, priority: "normal" }];
    case "context-full":
      return [{ text: "The context is full.", priority: "high" }];
    case "error":
      return [{ text: `Failed. ${outcome.error.message}`, priority: "high" }];
  }
}

/** A short answer is read out; of a long one its size and first sentence. */
export function finishedWords(markdown: string): string {
  const text = plainText(markdown, (code) => `code block, ${count(code.split("\n").length, "line")}`);
  if (text === "") return "Finished.";
  if (text.length <= SHORT_ANSWER) return text;
  const words = text.split(/\s+/).length;
  const blocks = countCodeBlocks(markdown);
  const size = blocks === 0 ? count(words, "word") : `${count(words, "word")}, ${count(blocks, "code block")}`;
  const sentence = /^.{1,200}?[.!?](?=\s|$)/su.exec(text)?.[0] ?? "";
  return `Reply finished. ${size}. ${sentence}`.trim();
}
