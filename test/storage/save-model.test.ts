import * as fc from "fast-check";
import { expect, test } from "vitest";

import { applyEvents } from "#domain/apply-event.ts";
import type { RunId, SessionId } from "#domain/ids.ts";
import { indexEntryOf } from "#domain/index-entry.ts";
import { BUILT_IN_MODEL } from "#domain/model.ts";
import type { RunEvent } from "#domain/run-event.ts";
import type { Session } from "#domain/session.ts";
import { newSession } from "#domain/session.ts";
import type { Turn } from "#domain/turn.ts";
import type { Database } from "#storage/database.ts";
import { openDatabase } from "#storage/database.ts";
import { verifyIndex } from "#storage/index-repair.ts";
import { listEntries } from "#storage/index-store.ts";
import { readJournal } from "#storage/journal-store.ts";
import { checkpoint, claimFencingToken, fullSave } from "#storage/save.ts";
import { deleteSession, undeleteSession } from "#storage/session-deletion.ts";
import { readPath, readSession } from "#storage/session-store.ts";
import { StorageError } from "#storage/storage-error.ts";

import { delta, event, freshDatabase, id, pendingOf, sampleTurn, settled, T0 } from "./samples.ts";

/** What the stores must hold, written down as plainly as possible. */
interface ModelSession {
  session: Session;
  entry: ReturnType<typeof indexEntryOf> | null;
  turns: Turn[];
  journal: RunEvent[];
}

/** Two tabs, each with its connection and the fencing token that it last claimed for each session. */
interface Tab {
  readonly db: Database;
  readonly tokens: Map<SessionId, number>;
}

interface World {
  readonly tabs: readonly [Tab, Tab];
  readonly model: Map<SessionId, ModelSession>;
  now: number;
}

type Action = {
  readonly kind: "send" | "checkpoint" | "settle" | "rename" | "claim" | "delete" | "undelete" | "verify";
  readonly tab: 0 | 1;
  readonly session: number;
  readonly deltas: number;
  readonly touch: boolean;
};

const anyAction: fc.Arbitrary<Action> = fc.record({
  kind: fc.constantFrom(
    "send",
    "send",
    "checkpoint",
    "checkpoint",
    "checkpoint",
    "settle",
    "rename",
    "claim",
    "delete",
    "undelete",
    "verify",
  ),
  tab: fc.constantFrom(0, 1),
  session: fc.nat({ max: 1 }),
  deltas: fc.nat({ max: 4 }),
  touch: fc.boolean(),
});

/** The events that come next in the pending run: a beginning, then deltas. */
function nextEvents(known: ModelSession, runId: RunId, deltas: number): RunEvent[] {
  const last = known.journal.at(-1)?.seq ?? 0;
  const opening = [
    event(1, { type: "run-started", trigger: "send", model: BUILT_IN_MODEL }, runId),
    event(2, { type: "part-opened", partId: id("part-1"), kind: "text", step: 0 }, runId),
  ];
  const from = Math.max(last, 2);
  const more = Array.from({ length: deltas }, (_, at) => delta(from + 1 + at, `${from + at} `, runId));
  return last === 0 ? [...opening, ...more] : more;
}

/** Whether a call succeeded, or the problem that it failed with. */
async function attempt(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "done";
  } catch (failure) {
    if (failure instanceof StorageError) return failure.problem.kind;
    throw failure;
  }
}

/** What the model says of a write with this tab's token. */
function verdict(known: ModelSession | undefined, token: number | null): string {
  if (known === undefined) return "not-found";
  if (known.session.deletedAt !== null) return "deleted";
  return token !== null && token !== known.session.fencingToken ? "fenced" : "done";
}

function write(known: ModelSession, now: number, touch: boolean, fields: Partial<Session>): void {
  const { session } = known;
  const updatedAt = touch ? now : session.updatedAt;
  known.session = { ...session, ...fields, revision: session.revision + 1, updatedAt };
}

/** What an action gave and what the model says that it must give. The model has moved with it. */
interface Result {
  readonly got: unknown;
  readonly wanted: unknown;
}

interface Call {
  readonly world: World;
  readonly db: Database;
  readonly sessionId: SessionId;
  readonly known: ModelSession | undefined;
  readonly token: number;
  readonly now: number;
  readonly deltas: number;
  readonly touchUpdatedAt: boolean;
  readonly claimed: (token: number) => void;
}

const NOTHING: Result = { got: null, wanted: null };

const ACTIONS: { readonly [Kind in Action["kind"]]: (call: Call) => Promise<Result> } = {
  async send({ world, db, sessionId, known, token, now, touchUpdatedAt }) {
    const seq = known?.session.nextSeq ?? 1;
    const turn = sampleTurn({ sessionId, seq });
    const runId = id<RunId>(`${sessionId}.run-${seq}`);
    const fields = { head: seq, nextSeq: seq + 1, pending: pendingOf(turn, runId), lastActivityAt: now };
    const create = newSession(sessionId, T0, null);
    const update = (session: Session): Session => ({ ...session, ...fields });
    const next = known ?? { session: create, entry: null, turns: [], journal: [] };
    const wanted = verdict(next, token);
    const got = await attempt(fullSave(db, { sessionId, token, create, update, turns: [turn], now, touchUpdatedAt }));
    if (wanted === "done") {
      write(next, now, touchUpdatedAt, fields);
      next.entry = indexEntryOf(next.session);
      next.turns.push(turn);
      next.journal = [];
      world.model.set(sessionId, next);
    }
    return { got, wanted };
  },

  async checkpoint({ db, sessionId, known, token, now, deltas, touchUpdatedAt }) {
    const runId = known?.session.pending?.runId ?? id<RunId>("none");
    const events = known === undefined ? [] : nextEvents(known, runId, deltas);
    const isLate = events.length > 0 && known?.session.pending === null;
    const allowed = verdict(known, token);
    const wanted = allowed === "done" && isLate ? "fenced" : allowed;
    const got = await attempt(checkpoint(db, { sessionId, token, runId, events, now, touchUpdatedAt }));
    if (wanted === "done" && known !== undefined) {
      write(known, now, touchUpdatedAt, {});
      known.journal.push(...events);
    }
    return { got, wanted };
  },

  async settle({ db, sessionId, known, token, now, touchUpdatedAt }) {
    const pending = known?.session.pending ?? null;
    if (known === undefined || pending === null) return NOTHING;
    const at = known.turns.findIndex((turn) => turn.seq === pending.turnSeq);
    const whole = applyEvents(known.turns[at] ?? sampleTurn(), known.journal);
    const settledRuns = [pending.runId];
    const wanted = verdict(known, token);
    const save = { sessionId, token, update: settled, turns: [whole], settledRuns, now, touchUpdatedAt };
    const got = await attempt(fullSave(db, save));
    if (wanted === "done") {
      write(known, now, touchUpdatedAt, { pending: null, headStatus: "completed" });
      known.entry = indexEntryOf(known.session);
      known.turns[at] = whole;
      known.journal = [];
    }
    return { got, wanted };
  },

  async rename({ db, sessionId, known, now, touchUpdatedAt }) {
    const fields = { title: `title ${now}`, titleSource: "person" as const };
    const update = (session: Session): Session => ({ ...session, ...fields });
    const wanted = verdict(known, null);
    const got = await attempt(fullSave(db, { sessionId, token: null, update, now, touchUpdatedAt }));
    if (wanted === "done" && known !== undefined) {
      write(known, now, touchUpdatedAt, fields);
      known.entry = indexEntryOf(known.session);
    }
    return { got, wanted };
  },

  async claim({ db, sessionId, known, now, claimed }) {
    const wanted = known === undefined ? 0 : known.session.fencingToken + 1;
    const got = await claimFencingToken(db, sessionId);
    claimed(got);
    if (known !== undefined) write(known, now, false, { fencingToken: wanted });
    return { got, wanted };
  },

  async delete({ db, sessionId, known, now }) {
    if (known === undefined) return NOTHING;
    const got = await attempt(deleteSession(db, sessionId, now));
    if (known.session.deletedAt === null) write(known, now, true, { deletedAt: now });
    known.entry = null;
    return { got, wanted: "done" };
  },

  async undelete({ db, sessionId, known, now }) {
    const got = await attempt(undeleteSession(db, sessionId, now));
    if (known !== undefined && known.session.deletedAt !== null) {
      write(known, now, true, { deletedAt: null });
      known.entry = indexEntryOf(known.session);
    }
    return { got, wanted: "done" };
  },

  async verify({ db }) {
    return { got: await verifyIndex(db), wanted: { missing: 0, stale: 0 } };
  },
};

function act(world: World, action: Action): Promise<Result> {
  world.now += 1;
  const tab = world.tabs[action.tab];
  const sessionId = id<SessionId>(`session-${action.session}`);
  return ACTIONS[action.kind]({
    world,
    db: tab.db,
    sessionId,
    known: world.model.get(sessionId),
    token: tab.tokens.get(sessionId) ?? 0,
    now: world.now,
    deltas: action.deltas,
    touchUpdatedAt: action.touch,
    claimed: (token) => tab.tokens.set(sessionId, token),
  });
}

/** All that a tab can read, in the form in which the model has it. */
async function readBack({ db }: Tab, world: World): Promise<unknown> {
  const sessions = [...world.model].map(async ([sessionId, { session }]) => {
    const { turns } = await readPath(db, sessionId, session.head, 99);
    const runId = session.pending?.runId ?? id<RunId>(`${sessionId}.run-${session.nextSeq - 1}`);
    const { events } = await readJournal(db, sessionId, runId);
    return {
      session: await readSession(db, sessionId),
      turns,
      live: applyEvents(lastOf(turns), events),
      rows: events.length > 0,
    };
  });
  return { list: (await listEntries(db, null, 10)).entries.toSorted(byId), sessions: await Promise.all(sessions) };
}

function expected(world: World): unknown {
  const known = [...world.model.values()];
  const entries = known.flatMap(({ entry }) => (entry === null ? [] : [entry]));
  return {
    list: entries.toSorted(byId),
    sessions: known.map(({ session, turns, journal }) => ({
      session,
      turns,
      live: applyEvents(lastOf(turns), journal),
      rows: journal.length > 0,
    })),
  };
}

function lastOf(turns: readonly Turn[]): Turn {
  return turns.at(-1) ?? sampleTurn();
}

function byId(a: { readonly sessionId: string }, b: { readonly sessionId: string }): number {
  return a.sessionId < b.sessionId ? -1 : 1;
}

test("[W1] [W4] [W5] [W7] [C1] after any sequence of saves, checkpoints, claims, renames, deletions and undoings from two tabs the stores hold what a plain model holds", async () => {
  const holds = fc.asyncProperty(fc.array(anyAction, { maxLength: 30 }), async (actions) => {
    const first = await freshDatabase();
    const second = await openDatabase();
    const world: World = {
      tabs: [
        { db: first, tokens: new Map() },
        { db: second, tokens: new Map() },
      ],
      model: new Map(),
      now: T0,
    };
    for (const action of actions) {
      const { got, wanted } = await act(world, action);
      expect(got).toEqual(wanted);
    }
    for (const tab of world.tabs) expect(await readBack(tab, world)).toEqual(expected(world));
    await Promise.all([first.close(), second.close()]);
  });
  await fc.assert(holds, { numRuns: 60 });
}, 30_000);
