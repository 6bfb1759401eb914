import { Component } from "preact";

import type { Turn } from "#domain/turn.ts";
import { openRun } from "#domain/turn.ts";

import { Answer } from "./answer.tsx";
import { TURN_ATTRIBUTE } from "./scroll-keeper.ts";
import { useTranscript } from "./transcript-context.ts";
import { UserMessage } from "./user-message.tsx";

/** One turn, drawn again when its own signal changes and at no other time. */
export function TurnView({ seq }: { readonly seq: number }) {
  const { session } = useTranscript();
  const turn = session.turn(seq)?.value;
  const isLast = session.turnSeqs.value.at(-1) === seq;
  if (turn === undefined) return null;
  return (
    <li class="turn" {...{ [TURN_ATTRIBUTE]: seq }}>
      <OfMessage turn={turn} />
      <Answer turn={turn} isLast={isLast} />
    </li>
  );
}

/** The message does not change while its answer grows. */
class OfMessage extends Component<{ readonly turn: Turn }> {
  override shouldComponentUpdate(next: { readonly turn: Turn }): boolean {
    const { turn } = this.props;
    return (
      next.turn.user !== turn.user || next.turn.runs.length !== turn.runs.length || isOpen(next.turn) !== isOpen(turn)
    );
  }
  override render({ turn }: { readonly turn: Turn }) {
    return <UserMessage turn={turn} />;
  }
}

function isOpen(turn: Turn): boolean {
  return openRun(turn) !== undefined;
}
