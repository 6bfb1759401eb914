import { expect, test } from "vitest";

import { afterDiscard, createFarewellNote } from "#shell/farewell-note.ts";

function memory(entries = new Map<string, string>()) {
  return {
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, text: string) => void entries.set(key, text),
    removeItem: (key: string) => void entries.delete(key),
  };
}

test("[R4] the next page reads why and when the one before it went", () => {
  const storage = memory();
  const open = (at: number) => createFarewellNote(storage, () => at, expect.unreachable);
  const first = open(1000);
  expect(first.last).toBeNull();
  first.leave(null, null);
  expect(open(1001).last).toBeNull();
  first.leave("page-closed", null);
  expect(open(2000).last).toEqual({ cause: "page-closed", at: 1000 });
});

test("[R4] a page that came back has not gone", () => {
  const storage = memory();
  const page = createFarewellNote(storage, () => 1000, expect.unreachable);
  page.leave("paused-by-browser", null);
  page.takeBack();
  expect(createFarewellNote(storage, () => 2000, expect.unreachable).last).toBeNull();
});

test("[R7] storage that is denied, full or holds nonsense costs the note and nothing else", () => {
  const logged: string[] = [];
  const log = (message: string) => void logged.push(message);
  const denied = () => {
    throw new DOMException("denied", "SecurityError");
  };
  const broken = createFarewellNote({ getItem: denied, setItem: denied, removeItem: denied }, () => 1, log);
  broken.leave("update", null);
  broken.takeBack();
  expect(broken.last).toBeNull();
  expect(logged).toHaveLength(3);
  createFarewellNote(null, () => 1, expect.unreachable).leave("update", null);
  for (const nonsense of ["{", "null", '{"cause":"bored","at":1}', '{"cause":"update"}']) {
    const storage = memory(new Map([["holdfast:farewell", nonsense]]));
    expect(createFarewellNote(storage, () => 1, log).last).toBeNull();
  }
});

test("[R4] a page that the browser had discarded knows why the one before it ended, whatever older note there is", () => {
  const older = { cause: "page-closed", at: 1000 } as const;
  expect(afterDiscard(older, { wasDiscarded: true }, 2000)).toEqual({ cause: "paused-by-browser", at: 2000 });
  expect(afterDiscard(older, { wasDiscarded: false }, 2000)).toBe(older);
  expect(afterDiscard(older, {}, 2000)).toBe(older);
});
