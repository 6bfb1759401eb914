import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { indexEntryOf } from "#domain/index-entry.ts";
import { newSession } from "#domain/session.ts";
import {
  approvalCodec,
  connectionCodec,
  draftCodec,
  indexCodec,
  journalCodec,
  queueCodec,
  sessionCodec,
  turnCodec,
} from "#storage/codec.ts";
import type { Codec } from "#storage/codec.ts";
import type { FullSave } from "#storage/save.ts";
import { RECORD_SCHEMA, type StoreName } from "#storage/schema.ts";
import { StorageError } from "#storage/storage-error.ts";

import {
  anyApproval,
  anyConnection,
  anyDraftPlace,
  anyIndexEntry,
  anyQueueItem,
  anySession,
  anyTurn,
} from "./arbitraries.ts";
import { anyJournalRow } from "./event-arbitraries.ts";
import { freshDatabase, SESSION, T0 } from "./samples.ts";

interface Kind {
  readonly store: StoreName;
  readonly codec: Codec<unknown, unknown>;
  readonly any: fc.Arbitrary<unknown>;
}

function kind<Value>(store: StoreName, codec: Codec<Value, unknown>, any: fc.Arbitrary<Value>): Kind {
  // Cloned once, because the generated objects have no prototype and stored ones do.
  return { store, codec, any: any.map((value) => structuredClone(value)) };
}

const KINDS: Kind[] = [
  kind("sessions", sessionCodec, anySession),
  kind("turns", turnCodec, anyTurn),
  kind("journal", journalCodec, anyJournalRow),
  kind("index", indexCodec, anyIndexEntry),
  kind("drafts", draftCodec, anyDraftPlace),
  kind("queue", queueCodec, anyQueueItem),
  kind("approvals", approvalCodec, anyApproval),
  kind("connections", connectionCodec, anyConnection),
];

describe.each(KINDS)("records of $store", ({ store, codec, any }) => {
  test("[W8] [V4] every field of every value survives being stored and read, whatever the texts are", async () => {
    const db = await freshDatabase();
    const roundTrip = fc.asyncProperty(any, async (value) => {
      const record = await db.write([store], "relaxed", async ({ tx }) => {
        await tx.objectStore(store).clear();
        const key = await tx.objectStore(store).put(codec.encode(value) as never);
        return tx.objectStore(store).get(key);
      });
      expect(codec.read(record)).toStrictEqual(value);
    });
    await fc.assert(roundTrip, { numRuns: 80 });
  });

  test("[W8] a field that this version does not know is a reason to refuse, not to drop it", () => {
    const [value] = fc.sample(any, { numRuns: 1, seed: 1 });
    const record = { ...(codec.encode(value) as object), colour: "blue" };
    const decoded = codec.decode(record);
    expect(decoded.ok).toBe(false);
    expect(() => codec.read(record)).toThrow(StorageError);
  });

  test("[W8] a record of a newer version is refused as such", () => {
    const [value] = fc.sample(any, { numRuns: 1, seed: 1 });
    const record = { ...(codec.encode(value) as object), schema: RECORD_SCHEMA + 1, colour: "blue" };
    expect(() => codec.decode(record)).toThrow("A newer version of this app has saved here");
  });

  test("[W8] what could not be read back is not written", () => {
    const [value] = fc.sample(any, { numRuns: 1, seed: 1 });
    const broken = Object.fromEntries(Object.keys(value as object).map((field) => [field, Symbol(field)]));
    expect(() => codec.encode(broken)).toThrow(StorageError);
  });

  test("[R3] anything at all in the place of a record is set aside and throws nothing", () => {
    const nonsense = fc.property(fc.anything(), (record) => {
      fc.pre(typeof record !== "object" || record === null || !("schema" in record));
      const decoded = codec.decode(record);
      expect(decoded.ok ? null : decoded.problem).toMatchObject({ kind: "corrupt", store });
    });
    fc.assert(nonsense, { numRuns: 100 });
  });
});

test("[W8] a record without a schema number is one of the first version", () => {
  const session = newSession(SESSION, T0, null);
  expect(sessionCodec.read({ ...session })).toEqual(session);
});

test("[W8] a session of the first shape is read: nobody had declined anything", () => {
  const { declinedRun: _absent, ...first } = newSession(SESSION, T0, null);
  expect(sessionCodec.read({ ...first, schema: 1 })).toEqual({ ...first, declinedRun: null });
});

test("a problem names the place and never the content", () => {
  const decoded = sessionCodec.decode({ ...newSession(SESSION, T0, null), title: { secret: "sk-123" } });
  expect(decoded.ok).toBe(false);
  if (decoded.ok) return;
  expect(decoded.problem.key).toBe(SESSION);
  expect(decoded.problem.detail).toContain("title");
  expect(JSON.stringify(decoded.problem)).not.toContain("sk-123");
});

test("[W6] an index entry, or anything else that is less than a session, cannot be saved as one", () => {
  const session = newSession(SESSION, T0, null);
  const entry = indexEntryOf(session);
  const base = { sessionId: SESSION, token: null, update: (stored: typeof session) => stored, now: T0 };
  const { allowedTools: _left, ...partial } = session;
  const saves: FullSave[] = [
    { ...base, create: session },
    // @ts-expect-error A row of the list is a summary: saving it as the session would drop what it does not show.
    { ...base, create: entry },
    // @ts-expect-error A session that is only partly loaded has no way to be saved whole.
    { ...base, create: partial },
    // @ts-expect-error Nor by way of an update.
    { ...base, update: () => entry },
  ];
  expect(saves).toHaveLength(4);
  // And whoever gets round the compiler is stopped here.
  expect(() => sessionCodec.encode(entry as never)).toThrow(StorageError);
  expect(() => sessionCodec.encode(partial as never)).toThrow(StorageError);
});
