import type { SessionId } from "#domain/ids.ts";
import { isSettled, lastRun } from "#domain/turn.ts";
import { quiet } from "#test/helpers/quiet-loop.ts";

import { broken } from "./broken.ts";
import { pathOf, turnsOf } from "./disk-view.ts";
import { SESSIONS, type Story } from "./story.ts";
import type { Open, Telling } from "./telling.ts";

/** Longer than anything that waits for a time: a pause before another try, a lock that is held, a save that is tried again. */
const ALL_WAITS_MS = 60_000;

/** Messages that a story can leave in a queue, and some. */
const MOST_ROUNDS = 40;

/**
 * The end of every story: the disk is well, the network is there, and time passes. Then everything must have come to an
 * end: each command is answered, each message is a turn, nothing is held, no timer is left.
 */
export async function endStory(telling: Telling, end: Story["end"]): Promise<void> {
  telling.mendDisk();
  telling.world.offline(false);
  await pass(telling, ALL_WAITS_MS);
  holdAnswers(telling);
  telling.model.becomePlain();
  if (end !== "stay") {
    // One after the other, as a person closes them.
    // oxlint-disable-next-line no-await-in-loop
    for (const open of Array.from(telling.open)) await telling.leave(open, end === "reload");
  }
  const open = telling.open[0] ?? telling.openTab(0);
  if (open === null) return;
  for (const sessionId of SESSIONS) {
    // One session after the other.
    // oxlint-disable-next-line no-await-in-loop
    await finishSession(telling, open, sessionId);
  }
  holdPages(telling);
  await telling.endHanging();
  // oxlint-disable-next-line no-await-in-loop
  for (const each of telling.open) await holdView(telling, each);
  await holdNothingLeft(telling);
}

async function pass(telling: Telling, ms: number): Promise<void> {
  await telling.world.time.advance(ms);
  telling.release();
  await telling.look();
}

function holdAnswers(telling: Telling): void {
  for (const open of telling.open) {
    const names = [...open.waiting.values()].map(({ name }) => name);
    if (names.length > 0) broken("C2", "a command was never answered", names);
  }
}

/** Undoes the deletion, ends what never ends, and lets the queue go on until it is empty. */
async function finishSession(telling: Telling, open: Open, sessionId: SessionId): Promise<void> {
  telling.ask(
    open,
    "undelete-session",
    { sessionId },
    telling.promises.wish(telling.promises.deleted, sessionId, false).ask(false),
  );
  await pass(telling, 0);
  telling.attach(open, sessionId);
  await pass(telling, ALL_WAITS_MS);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const session = telling.view.sessions.get(sessionId);
    const waits = telling.view.queue.some((item) => item.sessionId === sessionId);
    if (session?.pending == null && !waits) break;
    telling.ask(open, session?.pending == null ? "resume-queue" : "stop-run", { sessionId });
    // Each round begins where the one before it ended.
    // oxlint-disable-next-line no-await-in-loop
    await pass(telling, ALL_WAITS_MS);
  }
  holdAnswers(telling);
  const session = telling.view.sessions.get(sessionId);
  if (session?.pending != null) broken("C2", "a run does not end when it is stopped", session);
  const queue = telling.view.queue.filter((item) => item.sessionId === sessionId);
  if (queue.length > 0) broken("C5", "the queue does not go on", queue, session);
  const ids = new Set(turnsOf(telling.view, sessionId).map((turn) => String(turn.id)));
  for (const message of telling.promises.messages.values()) {
    if (message.sessionId !== sessionId || message.state !== "promised" || message.removal !== "none") continue;
    if (!ids.has(message.id)) broken("S3", "a message that was accepted was never sent", message);
  }
}

/** An answer that waits for the person may ask; nothing else does. */
function holdPages(telling: Telling): void {
  for (const row of telling.view.approvals.values()) {
    if (row.decision !== null) continue;
    const session = telling.view.sessions.get(row.sessionId);
    const turn = turnsOf(telling.view, row.sessionId).find(({ seq }) => seq === row.turnSeq);
    const waits = turn !== undefined && lastRun(turn)?.outcome?.kind === "interrupted" && turn.resolution === null;
    if (!waits) broken("C6", "something is asked that nobody waits for", row, turn, session);
  }
}

/** What a page shows is what a reload would bring back. */
async function holdView(telling: Telling, open: Open): Promise<void> {
  if (telling.isCalm && !open.isAttached && open.waiting.size === 0) return;
  const session = telling.view.sessions.get(open.session);
  if (!telling.isCalm) telling.attach(open, open.session);
  await pass(telling, 1000);
  if (session === undefined) return;
  for (const turn of pathOf(telling.view, session).slice(-20)) {
    const shown = open.tab.turns.get(turn.seq);
    if (shown === undefined) {
      broken("R2", "a page does not show a turn that is stored", turn);
    } else if (!isSettled(shown) || JSON.stringify(shown.parts) !== JSON.stringify(turn.parts)) {
      broken("R2", "a page shows something else than what is stored", shown, turn);
    } else if (shown.resolution !== turn.resolution || lastRun(shown)?.outcome?.kind !== lastRun(turn)?.outcome?.kind) {
      broken("R2", "a page shows another ending than what is stored", shown, turn);
    }
  }
}

async function holdNothingLeft(telling: Telling): Promise<void> {
  await pass(telling, ALL_WAITS_MS);
  holdAnswers(telling);
  const held = [...(await telling.world.heldLocks())];
  if (held.length > 0) broken("Z3", "a lease is held although nothing runs", held);
  for (const open of telling.open) telling.ask(open, "detach-session", { sessionId: open.session });
  await pass(telling, ALL_WAITS_MS);
  await quiet();
  if (telling.world.time.pending > 0) broken("Z3", "a timer is left although nothing runs", telling.world.time.pending);
  if (telling.model.openStreams > 0) broken("Z3", "a request to the model is left open", telling.model.openStreams);
}
