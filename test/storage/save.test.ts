import { beforeEach, describe, expect, test } from "vitest";

import type { RunId, SessionId } from "#domain/ids.ts";
import type { Session } from "#domain/session.ts";
import { newSession } from "#domain/session.ts";
import { listPendingApprovals, readApproval } from "#storage/approval-store.ts";
import type { Database } from "#storage/database.ts";
import { openDatabase } from "#storage/database.ts";
import { readDraft, saveDraft } from "#storage/draft-store.ts";
import { readJournal } from "#storage/journal-store.ts";
import { addQueueItem, listQueue } from "#storage/queue-store.ts";
import { checkpoint, claimFencingToken, fullSave, resolveApproval } from "#storage/save.ts";
import { deleteSession } from "#storage/session-deletion.ts";
import { readPath, readSession, readTurn } from "#storage/session-store.ts";

import {
  acceptTurn,
  contentOf,
  delta,
  freshDatabase,
  id,
  problemOf,
  RUN,
  sampleApproval,
  sampleDraft,
  sampleQueueItem,
  sampleTurn,
  SESSION,
  settled,
  T0,
} from "./samples.ts";

let db: Database;
beforeEach(async () => {
  db = await freshDatabase();
});

const keep = (session: Session): Session => session;

describe("a full save", () => {
  test("[W1] is all or nothing: if one part fails, session, turn, index, journal, draft and queue are as before", async () => {
    await acceptTurn(db);
    await checkpoint(db, { sessionId: SESSION, token: 0, runId: RUN, events: [delta(1, "a")], now: T0 });
    await saveDraft(db, sampleDraft());
    const stores = ["sessions", "turns", "index", "journal", "drafts", "queue"] as const;
    const before = await contentOf(db, ...stores);
    const failing = fullSave(db, {
      sessionId: SESSION,
      token: 0,
      update: settled,
      turns: [sampleTurn({ seq: 2 })],
      settledRuns: [RUN],
      removeDraft: id("draft-1"),
      removeQueueItem: id("not-there"),
      now: T0,
    });
    expect(await problemOf(failing)).toEqual({ kind: "not-found" });
    expect(await contentOf(db, ...stores)).toBe(before);
  });

  test("[S4] removing the draft and inserting the turn are one transaction", async () => {
    await saveDraft(db, sampleDraft());
    const turn = sampleTurn();
    const create = newSession(SESSION, T0, null);
    const send = (update: (session: Session) => Session) =>
      fullSave(db, {
        sessionId: SESSION,
        token: null,
        create,
        update,
        turns: [turn],
        removeDraft: id("draft-1"),
        now: T0,
      });
    const broken = send(() => {
      throw new RangeError("broken");
    });
    await expect(broken).rejects.toThrow("broken");
    expect(await readDraft(db, SESSION)).toEqual(sampleDraft());
    expect(await readTurn(db, SESSION, 1)).toBeNull();

    await send(keep);
    expect(await readDraft(db, SESSION)).toBeNull();
    expect(await readTurn(db, SESSION, 1)).toEqual(turn);
  });

  test("[S4] sending one draft leaves another draft of the session where it is", async () => {
    await saveDraft(db, sampleDraft({ id: id("draft-2") }));
    const create = newSession(SESSION, T0, null);
    await fullSave(db, { sessionId: SESSION, token: null, create, update: keep, removeDraft: id("draft-1"), now: T0 });
    expect((await readDraft(db, SESSION))?.id).toBe("draft-2");
  });

  test("[W3] the journal of a settled run goes, that of another run stays", async () => {
    await acceptTurn(db);
    await checkpoint(db, { sessionId: SESSION, token: 0, runId: RUN, events: [delta(1, "a")], now: T0 });
    const other = id<RunId>("run-10");
    await acceptTurn(db, sampleTurn({ seq: 2 }), { runId: other });
    await checkpoint(db, { sessionId: SESSION, token: 0, runId: other, events: [delta(1, "b", other)], now: T0 });
    await fullSave(db, { sessionId: SESSION, token: 0, update: keep, settledRuns: [RUN], now: T0 });
    expect((await readJournal(db, SESSION, RUN)).events).toEqual([]);
    expect((await readJournal(db, SESSION, other)).events).toHaveLength(1);
  });

  test("turns are changed inside the transaction, on what is stored", async () => {
    await acceptTurn(db);
    const update = {
      seq: 1,
      update: (turn: ReturnType<typeof sampleTurn>) => ({ ...turn, resolution: "kept" as const }),
    };
    await fullSave(db, { sessionId: SESSION, token: null, update: keep, turnUpdates: [update], now: T0 });
    expect((await readTurn(db, SESSION, 1))?.resolution).toBe("kept");
    const missing = { seq: 5, update: update.update };
    const failing = fullSave(db, { sessionId: SESSION, token: null, update: keep, turnUpdates: [missing], now: T0 });
    expect(await problemOf(failing)).toEqual({ kind: "not-found" });
  });

  test("[X2] [W7] a turn is never overwritten by another turn that took its seq", async () => {
    await acceptTurn(db);
    const usurper = { ...sampleTurn(), id: id<never>("another-turn") };
    const failing = fullSave(db, { sessionId: SESSION, token: null, update: keep, turns: [usurper], now: T0 });
    expect((await problemOf(failing)).kind).toBe("aborted");
    expect((await readTurn(db, SESSION, 1))?.id).toBe(sampleTurn().id);
  });

  test("[S2] one turn id can never become two turns", async () => {
    await acceptTurn(db);
    const twice = { ...sampleTurn({ seq: 2 }), id: sampleTurn().id };
    expect((await problemOf(acceptTurn(db, twice))).kind).toBe("aborted");
    expect((await readPath(db, SESSION, 2, 10)).turns).toEqual([]);
  });

  test("[W4] revision, fencing token, seqs and deletion belong to the store, whatever an update returns", async () => {
    const session = await acceptTurn(db);
    const forged = {
      id: id<SessionId>("other"),
      revision: 99,
      fencingToken: 7,
      nextSeq: 1,
      deletedAt: 1,
      updatedAt: 1,
    };
    const saved = await fullSave(db, {
      sessionId: SESSION,
      token: null,
      update: (stored) => ({ ...stored, ...forged }),
      now: T0 + 1,
    });
    expect(saved).toEqual({ ...session, revision: 2, updatedAt: T0 + 1 });
    const update = (stored: Session): Session => ({ ...stored, updatedAt: 1 });
    const untouched = await fullSave(db, {
      sessionId: SESSION,
      token: null,
      update,
      now: T0 + 2,
      touchUpdatedAt: false,
    });
    expect(untouched.updatedAt).toBe(T0 + 1);
  });

  test("[W7] a deleted session is not brought back by saving it, nor a missing one by a save that creates nothing", async () => {
    await acceptTurn(db);
    await deleteSession(db, SESSION, T0);
    expect(await problemOf(acceptTurn(db))).toEqual({ kind: "deleted" });
    const late = checkpoint(db, { sessionId: SESSION, token: 0, runId: RUN, events: [delta(1, "a")], now: T0 });
    expect(await problemOf(late)).toEqual({ kind: "deleted" });
    const unknown = fullSave(db, { sessionId: id("unknown"), token: null, update: keep, now: T0 });
    expect(await problemOf(unknown)).toEqual({ kind: "not-found" });
  });

  test("[C5] a queue item that was sent elsewhere is not sent again", async () => {
    await acceptTurn(db);
    await addQueueItem(db, sampleQueueItem());
    const send = (seq: number) =>
      fullSave(db, {
        sessionId: SESSION,
        token: null,
        update: (session) => ({ ...session, nextSeq: seq + 1 }),
        turns: [sampleTurn({ seq })],
        removeQueueItem: id("queued-1"),
        now: T0,
      });
    const outcomes = await Promise.allSettled([send(2), send(3)]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(["fulfilled", "rejected"]);
    expect(await listQueue(db, SESSION)).toEqual([]);
    expect(await readTurn(db, SESSION, 3)).toBeNull();
  });
});

describe("writers", () => {
  test("[C1] [W4] a write with an older fencing token is refused and changes nothing", async () => {
    await acceptTurn(db);
    const old = await claimFencingToken(db, SESSION);
    const current = await claimFencingToken(db, SESSION);
    expect([old, current]).toEqual([1, 2]);
    const before = await contentOf(db, "sessions", "journal", "index");
    const late = checkpoint(db, { sessionId: SESSION, token: old, runId: RUN, events: [delta(1, "a")], now: T0 + 1 });
    expect(await problemOf(late)).toEqual({ kind: "fenced", held: 1, current: 2 });
    expect(await problemOf(fullSave(db, { sessionId: SESSION, token: old, update: keep, now: T0 }))).toEqual({
      kind: "fenced",
      held: 1,
      current: 2,
    });
    expect(await contentOf(db, "sessions", "journal", "index")).toBe(before);
    await checkpoint(db, { sessionId: SESSION, token: current, runId: RUN, events: [delta(1, "a")], now: T0 + 1 });
  });

  test("[C1] claiming a token moves neither updatedAt nor the index; a session without a row needs none", async () => {
    await acceptTurn(db);
    const before = await contentOf(db, "index");
    await claimFencingToken(db, SESSION);
    expect(await contentOf(db, "index")).toBe(before);
    expect(await readSession(db, SESSION)).toMatchObject({ updatedAt: T0, fencingToken: 1, revision: 2 });
    expect(await claimFencingToken(db, id("unknown"))).toBe(0);
    expect(await readSession(db, id("unknown"))).toBeNull();
  });

  test("[W4] a checkpoint can never land after the full save that settled its run", async () => {
    await acceptTurn(db);
    const events = [delta(1, "a")];
    const save = fullSave(db, { sessionId: SESSION, token: 0, update: settled, settledRuns: [RUN], now: T0 });
    const late = checkpoint(db, { sessionId: SESSION, token: 0, runId: RUN, events, now: T0 });
    await save;
    expect((await problemOf(late)).kind).toBe("fenced");
    expect((await readJournal(db, SESSION, RUN)).events).toEqual([]);
  });

  test("[W4] two tabs that write at the same time lose none of their changes", async () => {
    await acceptTurn(db);
    const other = await openDatabase();
    const writes = Array.from({ length: 20 }, (_, at) => {
      const tab = at % 2 === 0 ? db : other;
      const update = (session: Session): Session => ({
        ...session,
        allowedTools: [...session.allowedTools, `tool-${at}`],
      });
      return at % 3 === 0
        ? checkpoint(tab, { sessionId: SESSION, token: 0, runId: RUN, events: [], update, now: T0 + at })
        : fullSave(tab, { sessionId: SESSION, token: null, update, now: T0 + at });
    });
    const sessions = await Promise.all(writes);
    const session = await readSession(db, SESSION);
    expect(session?.revision).toBe(21);
    expect(new Set(session?.allowedTools).size).toBe(20);
    expect(new Set(sessions.map((saved) => saved.revision)).size).toBe(20);
    await other.close();
  });

  test("[W4] of two tabs that take the same seq for two turns one is refused", async () => {
    await acceptTurn(db);
    const other = await openDatabase();
    const first = { ...sampleTurn({ seq: 2 }), id: id<never>("from-tab-1") };
    const second = { ...sampleTurn({ seq: 2 }), id: id<never>("from-tab-2") };
    const outcomes = await Promise.allSettled([acceptTurn(db, first), acceptTurn(other, second)]);
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    await other.close();
  });
});

describe("approvals", () => {
  test("[C6] an approval has one decision: a second one, also from another tab, changes nothing", async () => {
    await acceptTurn(db);
    await checkpoint(db, {
      sessionId: SESSION,
      token: 0,
      runId: RUN,
      events: [],
      approvals: { request: [sampleApproval()] },
      now: T0,
    });
    expect(await listPendingApprovals(db, SESSION)).toEqual([sampleApproval()]);
    const other = await openDatabase();
    const answers = await Promise.all([
      resolveApproval(db, { id: id("approval-1"), decision: "deny", at: T0 + 1 }),
      resolveApproval(other, { id: id("approval-1"), decision: "allow-once", at: T0 + 2 }),
    ]);
    expect(answers.toSorted()).toEqual(["already-resolved", "resolved"]);
    expect(await readApproval(db, id("approval-1"))).toMatchObject({ decision: "deny", decidedAt: T0 + 1 });
    expect(await listPendingApprovals(db)).toEqual([]);
    await other.close();
  });

  test("[C6] an approval comes back as pending after a restart, and asking again does not reset a decision", async () => {
    await acceptTurn(db);
    const ask = () =>
      checkpoint(db, {
        sessionId: SESSION,
        token: 0,
        runId: RUN,
        events: [],
        approvals: { request: [sampleApproval()] },
        now: T0,
      });
    await ask();
    await db.close();
    db = await openDatabase();
    expect(await listPendingApprovals(db)).toEqual([sampleApproval()]);
    const settle = [{ id: sampleApproval().id, decision: "allow-once" as const, at: T0 + 3 }];
    await fullSave(db, { sessionId: SESSION, token: null, update: keep, approvals: { settle }, now: T0 });
    await ask();
    expect(await readApproval(db, id("approval-1"))).toMatchObject({ decision: "allow-once" });
    expect(await problemOf(resolveApproval(db, { id: id("nothing"), decision: "deny", at: T0 }))).toEqual({
      kind: "not-found",
    });
  });
});
