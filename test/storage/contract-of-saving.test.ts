import { beforeEach, describe, expect, test } from "vitest";

import { indexEntryOf } from "#domain/index-entry.ts";
import type { Attachment } from "#domain/message.ts";
import type { Session } from "#domain/session.ts";
import type { Database } from "#storage/database.ts";
import { openDatabase } from "#storage/database.ts";
import { readEntry } from "#storage/index-store.ts";
import { readJournal } from "#storage/journal-store.ts";
import { checkpoint, fullSave } from "#storage/save.ts";
import { findPendingSessions, readPath, readSession } from "#storage/session-store.ts";

import {
  acceptTurn,
  contentOf,
  delta,
  freshDatabase,
  id,
  pendingOf,
  RUN,
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
    const attachments: Attachment[] = [
      { blobId: id("blob-1"), name: "a.csv", mediaType: "text/csv", size: 3, path: "a.csv" },
    ];
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
