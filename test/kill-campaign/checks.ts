import { type Turn, turnStatus } from "#domain/turn.ts";
import { BEFORE_CALLS, type CountedAnswer, questionOf } from "./counting-model.ts";
import type { StoredWork } from "./stored.ts";
import { type Story, wholeOf } from "./story.ts";
import type { Sighting } from "./witness.ts";

/** The session on screen is over: it must hold these answers, whole, once and in order, on the screen and stored. */
export async function checkSettled(story: Story, counted: readonly CountedAnswer[]): Promise<void> {
  const seen = story.stage.seen();
  const last = counted.at(-1);
  if (last !== undefined && seen?.reply.endsWith(wholeOf(last, last.calls.length > 0 ? 1 : 0)) !== true) {
    story.lose("streamed text", `The answer to ${last.tag} is not whole on the screen: …${seen?.reply.slice(-60)}`);
  }
  const stored = await story.stage.until(
    `${story.tag} settled in the database`,
    async () => {
      const work = await story.stage.stored();
      return story.sessionOf(work)?.pending === null && work;
    },
    5_000,
  );
  const session = story.sessionOf(stored);
  if (session === undefined) return;
  const turns = turnsOf(stored, session.id);
  const asked = turns.map((turn) => turn.user.text);
  const expected = counted.map(({ tag }) => questionOf(tag));
  compareQuestions(story, asked, expected, seen);
  for (const [place, each] of counted.entries()) {
    const turn = turns[place];
    if (turn !== undefined && turn.user.text === questionOf(each.tag)) checkTurn(story, turn, each);
  }
  if (stored.journal.some(({ sessionId }) => sessionId === session.id)) {
    story.lose("settled work changed", `${story.tag} is settled, and its journal is still there.`);
  }
  if (!stored.index.some(({ sessionId }) => sessionId === session.id)) {
    story.lose("user turn", `${story.tag} is not in the index.`);
  }
  checkOthers(story, stored);
  story.stage.settled.set(session.id, JSON.stringify(turns));
}

function compareQuestions(
  story: Story,
  asked: readonly string[],
  expected: readonly string[],
  seen: Sighting | null,
): void {
  for (const text of expected) {
    const count = asked.filter((each) => each === text).length;
    if (count === 0) story.lose("user turn", `“${text}” is gone.`);
    if (count > 1) story.lose("duplicate", `“${text}” is there ${count} times.`);
  }
  if (asked.length === expected.length && asked.some((text, place) => text !== expected[place])) {
    story.lose("order", `Asked in the order ${expected.join(" ")}, stored as ${asked.join(" ")}`);
  }
  const shown = seen?.questions.length;
  if (shown !== expected.length) story.lose("duplicate", `${shown} messages on the screen, ${expected.length} sent.`);
}

function checkTurn(story: Story, turn: Turn, counted: CountedAnswer): void {
  const texts = turn.parts.flatMap((part) => (part.kind === "text" && part.text !== "" ? [part.text] : []));
  const expected = counted.calls.length > 0 ? [BEFORE_CALLS, wholeOf(counted, 1)] : [wholeOf(counted, 0)];
  if (JSON.stringify(texts) !== JSON.stringify(expected)) {
    story.lose("streamed text", `The answer to ${counted.tag} is stored as ${JSON.stringify(texts.map(ends))}`);
  }
  if (turnStatus(turn) !== "completed") story.lose("stuck", `${counted.tag} is stored as ${turnStatus(turn)}.`);
  const calls = turn.parts.filter((part) => part.kind === "tool-call");
  if (calls.length !== counted.calls.length) {
    const kind = calls.length < counted.calls.length ? "finished tool result" : "duplicate";
    story.lose(kind, `${counted.tag} has ${calls.length} calls of ${counted.calls.length}.`);
  }
}

/** Sessions of earlier stories: settled work is never touched again, and what was deleted stays so. */
export function checkOthers(story: Story, stored: StoredWork): void {
  const own = story.sessionOf(stored)?.id;
  for (const [id, words] of story.stage.settled) {
    if (id === own) continue;
    const now = JSON.stringify(turnsOf(stored, id));
    if (now !== words) {
      const [was, is] = [JSON.parse(words), JSON.parse(now)].map(outline);
      story.lose("settled work changed", `Session ${id} was ${was} and is ${is}`);
      story.stage.settled.set(id, now);
    }
  }
  for (const { sessionId } of stored.index) {
    if (story.stage.deleted.has(sessionId)) story.lose("resurrected deletion", `Session ${sessionId} is listed again.`);
  }
}

export function turnsOf(stored: StoredWork, sessionId: string): Turn[] {
  return stored.turns.filter((turn) => turn.sessionId === sessionId).sort((a, b) => a.seq - b.seq);
}

/** Turns in a line: what was asked, how it ended, how long the answer is. */
function outline(turns: readonly Turn[]): string {
  const lines = turns.map((turn) => {
    const lengths = turn.parts.map((part) => (part.kind === "tool-call" ? part.state : part.text.length));
    return `${turn.user.text} ${turnStatus(turn)} ${lengths.join("+")} in ${turn.runs.length} runs`;
  });
  return `[${lines.join("; ")}]`;
}

const ends = (text: string) => (text.length > 60 ? `${text.slice(0, 20)}…${text.slice(-30)} (${text.length})` : text);
