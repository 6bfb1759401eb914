import * as fc from "fast-check";
import { beforeEach, expect, test } from "vitest";

import type { DraftId } from "#domain/ids.ts";
import type { Draft } from "#domain/session.ts";
import { newSession } from "#domain/session.ts";
import type { Database } from "#storage/database.ts";
import { openDatabase } from "#storage/database.ts";
import { listDrafted, readDraft, removeDraft, saveDraft } from "#storage/draft-store.ts";
import { addQueueItem } from "#storage/queue-store.ts";
import { fullSave } from "#storage/save.ts";

import { freshDatabase, id, plant, sampleDraft, sampleQueueItem, SESSION, T0 } from "./samples.ts";

let db: Database;
beforeEach(async () => {
  db = await freshDatabase();
});

function send(draftId: DraftId, tab: Database = db) {
  const create = newSession(SESSION, T0, null);
  return fullSave(tab, { sessionId: SESSION, token: null, create, update: (s) => s, removeDraft: draftId, now: T0 });
}

test("[D1] a session has one draft; it survives a restart, and one of another session stands beside it", async () => {
  await saveDraft(db, sampleDraft({ text: "half" }));
  await saveDraft(db, sampleDraft({ text: "half a sentence", revision: 2 }));
  await saveDraft(db, sampleDraft({ sessionId: id("other"), id: id("draft-2"), text: "else" }));
  await db.close();
  db = await openDatabase();
  expect((await readDraft(db, SESSION))?.text).toBe("half a sentence");
  expect((await readDraft(db, id("other")))?.text).toBe("else");
  expect(await readDraft(db, id("unknown"))).toBeNull();
});

test("[D1] an older state of a draft never replaces a newer one", async () => {
  expect(await saveDraft(db, sampleDraft({ revision: 5, text: "newer" }))).toBe("saved");
  expect(await saveDraft(db, sampleDraft({ revision: 4, text: "older" }))).toBe("older");
  expect(await saveDraft(db, sampleDraft({ revision: 5, text: "same" }))).toBe("older");
  expect((await readDraft(db, SESSION))?.text).toBe("newer");
});

test("[D1] of two tabs' drafts in one session the one that was typed in last stays", async () => {
  await saveDraft(db, sampleDraft({ text: "first tab", updatedAt: T0 + 5 }));
  expect(await saveDraft(db, sampleDraft({ id: id("draft-2"), text: "late", updatedAt: T0 + 4 }))).toBe("older");
  expect(await saveDraft(db, sampleDraft({ id: id("draft-3"), text: "second tab", updatedAt: T0 + 6 }))).toBe("saved");
  expect((await readDraft(db, SESSION))?.text).toBe("second tab");
});

test("[S4] [D1] a draft that was sent does not come back by a late save, not even after a restart", async () => {
  await saveDraft(db, sampleDraft());
  await send(id("draft-1"));
  expect(await saveDraft(db, sampleDraft({ revision: 9 }))).toBe("consumed");
  await db.close();
  db = await openDatabase();
  expect(await saveDraft(db, sampleDraft({ revision: 10 }))).toBe("consumed");
  expect(await readDraft(db, SESSION)).toBeNull();
  expect(await saveDraft(db, sampleDraft({ id: id("draft-2") }))).toBe("saved");
});

test("[S4] a draft that was sent before it was ever stored cannot be stored afterwards", async () => {
  await send(id("draft-1"));
  expect(await saveDraft(db, sampleDraft())).toBe("consumed");
});

test("[S4] a draft that went into the queue does not come back either", async () => {
  await saveDraft(db, sampleDraft());
  await addQueueItem(db, sampleQueueItem(), { removeDraft: id("draft-1") });
  expect(await readDraft(db, SESSION)).toBeNull();
  expect(await saveDraft(db, sampleDraft({ revision: 2 }))).toBe("consumed");
});

test("[D1] what the person removed stays removed for late saves, and typing on brings the draft back", async () => {
  await saveDraft(db, sampleDraft({ revision: 3 }));
  await removeDraft(db, SESSION, id("another"));
  expect(await readDraft(db, SESSION)).not.toBeNull();
  await removeDraft(db, SESSION);
  expect(await readDraft(db, SESSION)).toBeNull();
  expect(await saveDraft(db, sampleDraft({ revision: 3 }))).toBe("removed");
  expect(await saveDraft(db, sampleDraft({ revision: 4, text: "again" }))).toBe("saved");
  expect((await readDraft(db, SESSION))?.text).toBe("again");
});

test("[I2] sessions with a draft are found, whether or not they were ever saved; an empty draft is none", async () => {
  await saveDraft(db, sampleDraft());
  await saveDraft(db, sampleDraft({ sessionId: id("empty"), text: "" }));
  await saveDraft(db, sampleDraft({ sessionId: id("sent") }));
  await removeDraft(db, id("sent"));
  const attachments = [{ blobId: id<never>("blob"), name: "a", mediaType: "text/plain", size: 1, path: "a" }];
  await saveDraft(db, sampleDraft({ sessionId: id("file-only"), text: "", attachments }));
  expect(await listDrafted(db)).toEqual(expect.arrayContaining([SESSION, "file-only"]));
  expect(await listDrafted(db)).toHaveLength(2);
});

test("[R7] a draft that cannot be read keeps nobody from typing or sending", async () => {
  await plant(db, "drafts", { sessionId: SESSION, draft: "gone" });
  expect(await readDraft(db, SESSION)).toBeNull();
  expect(await listDrafted(db)).toEqual([]);
  await send(id("draft-1"));
  await plant(db, "drafts", { sessionId: SESSION, draft: "gone" });
  expect(await saveDraft(db, sampleDraft({ id: id("draft-2") }))).toBe("saved");
});

test("[D1] in whatever order saves, sends and removals of two tabs arrive, no sent draft and no older text is ever stored", async () => {
  const action = fc.record({
    kind: fc.constantFrom("save", "save", "save", "send", "remove"),
    draft: fc.nat({ max: 2 }),
    revision: fc.nat({ max: 5 }),
    tab: fc.nat({ max: 1 }),
  });
  const holds = fc.asyncProperty(fc.array(action, { maxLength: 14 }), async (actions) => {
    db = await freshDatabase();
    const tabs = [db, await openDatabase()];
    const sent = new Set<string>();
    const newest = new Map<string, number>();
    for (const { kind, draft, revision, tab } of actions) {
      const draftId = id<DraftId>(`draft-${draft}`);
      const from = tabs[tab] ?? db;
      if (kind === "save") await saveDraft(from, sampleDraft({ id: draftId, revision, text: `${draft} ${revision}` }));
      if (kind === "send") {
        await send(draftId, from);
        sent.add(draftId);
      }
      if (kind === "remove") await removeDraft(from, SESSION);
      const stored: Draft | null = await readDraft(db, SESSION);
      if (stored === null) continue;
      expect(sent.has(stored.id)).toBe(false);
      const isOwn = kind === "save" && stored.id === draftId;
      expect(stored.revision).toBeGreaterThanOrEqual(isOwn ? Math.max(revision, newest.get(draftId) ?? 0) : 0);
      newest.clear();
      newest.set(stored.id, stored.revision);
    }
    await tabs[1]?.close();
  });
  await fc.assert(holds, { numRuns: 40 });
});
