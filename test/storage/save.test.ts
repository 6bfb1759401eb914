import { beforeEach, describe, expect, test } from "vitest";

import type { RunId, SessionId } from "#domain/ids.ts";
import { indexEntryOf } from "#domain/index-entry.ts";
import type { Session } from "#domain/session.ts";
import { newSession } from "#domain/session.ts";
import { listPendingApprovals, readApproval } from "#storage/approval-store.ts";
import type { Database } from "#storage/database.ts";
import { openDatabase } from "#storage/database.ts";
import { readDraft, saveDraft } from "#storage/draft-store.ts";
import { readEntry } from "#storage/index-store.ts";
import { readJournal } from "#storage/journal-store.ts";
import { addQueueItem, listQueue } from "#storage/queue-store.ts";
import { checkpoint, claimFencingToken, fullSave, resolveApproval } from "#storage/save.ts";
import { findPendingSessions, readPath, readSession, readTurn } from "#storage/session-store.ts";

import {
  acceptTurn,
  contentOf,
  delta,
  freshDatabase,
  id,
  pendingOf,
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

describe("the contract of saving", () => {
  test("[contract 1] saving writes the session's record, with the index and without it", async () => {
    await acceptTurn(db, sampleTurn(), { now: T0 });
    expect((await readSession(db, SESSION))?.updatedAt).toBe(T0);
    await checkpoint(db, { sessionId: SESSION, token: 0, runId: RUN, events: [], now: T0 + 5 });
    expect((await readSession(db, SESSION))?.updatedAt).toBe(T0 + 5);
  });

  test("[contract 2] [W1] a checkpoint writes the record and neither creates nor changes anything in the index", async () => {
    await acceptTurn(db);
    const before = await contentOf(db, "index");
    const update = (session: Session): Session => ({ ...session, title: "Another", needsPerson: true });
    await checkpoint(db, { sessionId: SESSION, token: 0, runId: RUN, events: [delta(1, "a")], update, now: T0 + 9 });
    expect(await contentOf(db, "index")).toBe(before);
    expect((await readSession(db, SESSION))?.title).toBe("Another");

    await db.write(["index"], "strict", async (writing) => writing.remove("index", SESSION));
    await checkpoint(db, { sessionId: SESSION, token: 0, runId: RUN, events: [delta(2, "b")], now: T0 + 10 });
    expect(await contentOf(db, "index")).toBe("[[]]");
  });

  test("[W1] a checkpoint's transaction is not even opened over the index", async () => {
    await acceptTurn(db);
    const opened: string[][] = [];
    const write = db.write.bind(db);
    db.write = (stores, durability, work) => {
      opened.push([...stores, durability]);
      return write(stores, durability, work);
    };
    await checkpoint(db, { sessionId: SESSION, token: 0, runId: RUN, events: [delta(1, "a")], now: T0 });
    await fullSave(db, { sessionId: SESSION, token: 0, update: settled, settledRuns: [RUN], now: T0 });
    expect(opened).toEqual([
      ["sessions", "journal", "relaxed"],
      ["sessions", "turns", "index", "journal", "tombstones", "strict"],
    ]);
  });

  test("[contract 3] a full save creates and updates the session's index row", async () => {
    const session = await acceptTurn(db);
    expect(await readEntry(db, SESSION)).toEqual(indexEntryOf(session));
    const update = (stored: Session): Session => ({ ...stored, title: "Renamed", titleSource: "person" });
    const renamed = await fullSave(db, { sessionId: SESSION, token: null, update, now: T0 + 1 });
    expect(await readEntry(db, SESSION)).toEqual(indexEntryOf(renamed));
    expect((await readEntry(db, SESSION))?.title).toBe("Renamed");
  });

  test("[contract 4] after any number of checkpoints the next full save brings the index right, and every message is there", async () => {
    await acceptTurn(db);
    for (let seq = 1; seq <= 7; seq += 1) {
      const update = (session: Session): Session => ({
        ...session,
        headSnippet: `after ${seq}`,
        lastActivityAt: T0 + seq,
      });
      await checkpoint(db, {
        sessionId: SESSION,
        token: 0,
        runId: RUN,
        events: [delta(seq, "x")],
        update,
        now: T0 + seq,
      });
    }
    expect((await readEntry(db, SESSION))?.snippet).toBe("question 1");
    const second = sampleTurn({ seq: 2 });
    const session = await fullSave(db, {
      sessionId: SESSION,
      token: 0,
      update: (stored) => ({ ...settled(stored), head: 2, nextSeq: 3 }),
      turns: [second],
      settledRuns: [RUN],
      now: T0 + 10,
    });
    expect(session.revision).toBe(9);
    expect(await readEntry(db, SESSION)).toEqual(indexEntryOf(session));
    expect((await readPath(db, SESSION, 2, 10)).turns).toEqual([sampleTurn(), second]);
  });

  test.each([
    [
      "a full save",
      (touchUpdatedAt: boolean) =>
        fullSave(db, { sessionId: SESSION, token: 0, update: keep, now: T0 + 50, touchUpdatedAt }),
    ],
    [
      "a checkpoint",
      (touchUpdatedAt: boolean) =>
        checkpoint(db, {
          sessionId: SESSION,
          token: 0,
          runId: RUN,
          events: [delta(1, "a")],
          now: T0 + 50,
          touchUpdatedAt,
        }),
    ],
  ])("[contract 5] [W5] %s that is told not to touch updatedAt keeps it", async (_name, save) => {
    await acceptTurn(db);
    const kept = await save(false);
    expect(kept.updatedAt).toBe(T0);
    expect(await readSession(db, SESSION)).toEqual(kept);
    expect(kept.revision).toBe(2);
  });

  test("[contract 9] a pending message, its start, its attachments and its run survive a restart in which nothing was produced", async () => {
    await acceptTurn(db);
    await fullSave(db, { sessionId: SESSION, token: 0, update: settled, settledRuns: [RUN], now: T0 + 1 });
    const plain = sampleTurn({ seq: 2, text: "and this file?" });
    const attachments = [
      { blobId: id("blob-1"), name: "a.csv", mediaType: "text/csv", size: 3, path: "a.csv" },
    ] as const;
    const turn = { ...plain, user: { ...plain.user, attachments } };
    await acceptTurn(db, turn, { runId: id("run-2"), now: T0 + 2 });
    await db.close();

    const reopened = await openDatabase();
    const [session] = await findPendingSessions(reopened);
    expect(session?.pending).toEqual(pendingOf(turn, id("run-2")));
    expect(session?.pending?.startedAt).toBe(turn.user.sentAt);
    expect((await readPath(reopened, SESSION, 2, 10)).turns).toEqual([sampleTurn(), turn]);
    expect(await readJournal(reopened, SESSION, id("run-2"))).toEqual({ events: [], savedAt: null, unreadable: 0 });
  });

  test("[contract 10] [W5] a checkpoint moves the record's updatedAt and leaves lastActivityAt alone", async () => {
    await acceptTurn(db);
    await checkpoint(db, { sessionId: SESSION, token: 0, runId: RUN, events: [delta(1, "a")], now: T0 + 70 });
    const session = await readSession(db, SESSION);
    expect(session?.updatedAt).toBe(T0 + 70);
    expect(session?.lastActivityAt).toBe(T0);
  });
});

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
  });

  test("[W7] a deleted session is not brought back by saving it, nor a missing one by a save that creates nothing", async () => {
    const { deleteSession } = await import("#storage/session-store.ts");
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
