import { ChevronDown, Wrench } from "lucide";
import { Fragment } from "preact";

import type { Part } from "#domain/message.ts";
import type { ToolCallPart } from "#domain/tool-call.ts";
import type { RunRecord, Turn } from "#domain/turn.ts";
import { openRun, turnStatus } from "#domain/turn.ts";
import { Button } from "#ui/kit/button.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { useUi } from "#ui/ui-context.ts";

import { AnswerActions } from "./answer-actions.tsx";
import { Disclosure } from "./disclosure.tsx";
import type { JoinNote } from "./endings.ts";
import { joinNotes } from "./endings.ts";
import { EndingView } from "./ending-view.tsx";
import { Markdown } from "./markdown/markdown.tsx";
import type { PartGroup } from "./part-groups.ts";
import { groupParts } from "./part-groups.ts";
import { LiveRail, Rail, railKind } from "./rail.tsx";
import { Reasoning } from "./reasoning.tsx";
import { ToolCard } from "./tool-card.tsx";
import { useTranscript } from "./transcript-context.ts";
import { useCommand } from "./use-command.ts";
import { useNow } from "./use-now.ts";
import { answerHeading, clockTime, count, wholeSeconds } from "./words.ts";

interface AnswerProps {
  readonly turn: Turn;
  /** At the end of the path: what can be decided about it is offered. */
  readonly isLast: boolean;
}

/** Everything that was produced in answer to one message, with the line beside it that tells how durable it is. */
export function Answer({ turn, isLast }: AnswerProps) {
  const status = turnStatus(turn);
  const isLive = status === "pending" || status === "running";
  const kind = railKind(turn);
  const isDiscarded = turn.resolution === "discarded";
  const isEmpty = turn.parts.length === 0 && !isLive;
  return (
    <section class="answer" data-testid="message" data-role="assistant" data-state={status} tabindex={-1}>
      <h2 class="sr">{answerHeading(turn)}</h2>
      {!isDiscarded && !isEmpty && (
        <div class="reply" data-rail={kind}>
          {isLive ? <LiveRail kind={kind} /> : <Rail kind={kind} />}
          <Parts turn={turn} isLive={isLive} />
          {isLive && <LiveLine turn={turn} />}
          {(kind === "interrupted" || kind === "stopped") && <p class="sr">The reply ends here, incomplete.</p>}
        </div>
      )}
      <EndingView turn={turn} isLast={isLast} />
      {!isLive && <AnswerActions turn={turn} />}
    </section>
  );
}

function Parts({ turn, isLive }: { readonly turn: Turn; readonly isLive: boolean }) {
  const notes = joinNotes(turn);
  const groups = groupParts(turn.parts, isLive);
  return (
    <>
      {groups.map((group, index) => {
        // A note inside a fold stands above it.
        const end = groups[index + 1]?.index ?? turn.parts.length;
        return (
          <Fragment key={keyOf(group)}>
            {notes.filter((note) => note.at >= group.index && note.at < end).map(noteView)}
            <GroupView group={group} turnSeq={turn.seq} />
          </Fragment>
        );
      })}
      {notes.filter((note) => note.at >= turn.parts.length).map(noteView)}
    </>
  );
}

function keyOf(group: PartGroup): string {
  return group.kind === "part" ? group.part.id : `steps-${group.calls[0]?.id ?? ""}`;
}

function noteView(note: JoinNote) {
  return <Join key={note.runId} note={note} />;
}

/** Says that the answer was interrupted here, why, and that it went on. */
function Join({ note }: { readonly note: JoinNote }) {
  const { ports } = useUi();
  const cause = note.cause.charAt(0).toLowerCase() + note.cause.slice(1);
  return (
    <p class="join">
      Interrupted at {clockTime(note.interruptedAt, ports.now())}: {cause} {note.how}{" "}
      {note.savedUpTo === null
        ? "Nothing of it was lost."
        : `What had come after ${clockTime(note.savedUpTo, ports.now())} was asked for again.`}
    </p>
  );
}

function GroupView({ group, turnSeq }: { readonly group: PartGroup; readonly turnSeq: number }) {
  if (group.kind === "part") return <PartView part={group.part} turnSeq={turnSeq} />;
  return <FoldedCalls calls={group.calls} turnSeq={turnSeq} />;
}

function PartView({ part, turnSeq }: { readonly part: Part; readonly turnSeq: number }) {
  switch (part.kind) {
    case "text":
      if (part.text === "") return null;
      return (
        <Markdown
          text={part.text}
          isStreaming={part.state === "streaming"}
          isCut={part.state === "cut"}
          seams={part.seams}
        />
      );
    case "reasoning":
      return <Reasoning part={part} />;
    case "tool-call":
      return <ToolCard call={part} turnSeq={turnSeq} />;
  }
}

function FoldedCalls({ calls, turnSeq }: { readonly calls: readonly ToolCallPart[]; readonly turnSeq: number }) {
  const names = [...new Set(calls.map((call) => call.tool))].join(", ");
  return (
    <Disclosure
      id={`steps-${calls[0]?.id ?? ""}`}
      class="think"
      summary={
        <>
          <Icon of={Wrench} />
          <span>{count(calls.length, "step")}</span>
          <span class="tool-input">{names}</span>
          <Icon of={ChevronDown} class="chevron" />
        </>
      }
    >
      {() => (
        <div class="folded-calls">
          {calls.map((call) => (
            <ToolCard key={call.id} call={call} turnSeq={turnSeq} />
          ))}
        </div>
      )}
    </Disclosure>
  );
}

/** What the run is doing while nothing of it is to be seen. */
function LiveLine({ turn }: { readonly turn: Turn }) {
  const run = openRun(turn);
  if (run === undefined) return <p class="live-line">Saved. Starting…</p>;
  switch (run.phase.kind) {
    case "waiting-network":
      return (
        <WaitingLine label="Waiting for network" stopLabel="Cancel">
          It goes on when the connection is back.
        </WaitingLine>
      );
    case "waiting-retry":
      return <RetryLine phase={run.phase} />;
    case "working":
      return isQuiet(turn) ? <p class="live-line">Working…</p> : null;
  }
}

/** Whether nothing at the end of the answer shows that it is being worked on. */
function isQuiet(turn: Turn): boolean {
  const last = turn.parts.at(-1);
  if (last === undefined) return true;
  if (last.kind !== "tool-call") return last.state !== "streaming" || (last.kind === "text" && last.text === "");
  return last.state === "done" || last.state === "failed" || last.state === "denied" || last.state === "cancelled";
}

function RetryLine({ phase }: { readonly phase: Extract<RunRecord["phase"], { kind: "waiting-retry" }> }) {
  const now = useNow(true, 250);
  const left = phase.until - now;
  return (
    <WaitingLine label={left > 500 ? `Trying again in ${wholeSeconds(left)}` : "Trying again"} stopLabel="Stop">
      {phase.reason} {phase.attempt > 1 && `Attempt ${String(phase.attempt)}.`}
    </WaitingLine>
  );
}

interface WaitingLineProps {
  readonly label: string;
  readonly stopLabel: string;
  readonly children: preact.ComponentChildren;
}

function WaitingLine({ label, stopLabel, children }: WaitingLineProps) {
  const { session, lockReason } = useTranscript();
  const command = useCommand();
  return (
    <div class="waiting">
      <p>
        <strong class="tabular">{label}.</strong> {children}
      </p>
      <Button disabledReason={lockReason} onClick={() => void command("stop-run", { sessionId: session.sessionId })}>
        {stopLabel}
      </Button>
    </div>
  );
}
