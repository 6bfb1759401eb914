import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { memoryMirrorFolder } from "#storage/mirror-folder-memory.ts";
import { crc32, decodeFrames, encodeFrames } from "#storage/mirror-frame.ts";
import { MirrorLog } from "#storage/mirror-log.ts";
import { readValue, valueJson } from "#storage/mirror-record.ts";
import { cutsAt, neededVersions } from "#storage/mirror-versions.ts";
import { mirrorFolderContract, record } from "#test/contracts/mirror-folder.contract.ts";

import { anySession, anyTurn } from "./arbitraries.ts";

describe("the place in memory", () => {
  test.each(mirrorFolderContract)("$title", async ({ run }) => {
    const files = new Map<string, Uint8Array<ArrayBuffer>>();
    const open = async () => memoryMirrorFolder(files);
    await expect(run({ folder: await open(), reopen: open })).resolves.toBeUndefined();
  });
});

const texts = fc.array(fc.string({ unit: "grapheme", maxLength: 40 }), { minLength: 1, maxLength: 8 });

describe("[R3] a file of records", () => {
  test("gives back what was written", () => {
    fc.assert(
      fc.property(texts, (written) => {
        expect(decodeFrames(encodeFrames(written))).toEqual({
          texts: written.map((text) => text.toWellFormed()),
          damaged: 0,
          isTorn: false,
        });
      }),
    );
  });

  test("cut anywhere gives every record before the cut and counts no damage", () => {
    fc.assert(
      fc.property(texts, fc.nat(), (written, cut) => {
        const bytes = encodeFrames(written);
        const at = cut % bytes.length;
        const read = decodeFrames(bytes.subarray(0, at));
        expect(read.damaged).toBe(0);
        expect(read.texts).toEqual(written.map((text) => text.toWellFormed()).slice(0, read.texts.length));
        const whole = written.filter((_, index) => encodeFrames(written.slice(0, index + 1)).length <= at);
        expect(read.texts).toHaveLength(whole.length);
      }),
    );
  });

  test("with one wrong byte anywhere loses at most that record, never invents one, and tells", () => {
    fc.assert(
      fc.property(texts, fc.nat(), fc.integer({ min: 1, max: 255 }), (written, place, change) => {
        const bytes = encodeFrames(written.map((text) => `{${text}}`));
        const at = place % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ change;
        const { texts: read, damaged, isTorn } = decodeFrames(bytes);
        const expected = written.map((text) => `{${text.toWellFormed()}}`);
        expect(read).toHaveLength(expected.length - 1);
        for (const text of read) expect(expected).toContain(text);
        expect(damaged > 0 || isTorn).toBe(true);
      }),
    );
  });

  test("a tail of zeros is a writer's death and no damage", () => {
    const bytes = encodeFrames(['{"a":1}', '{"b":2}']);
    const torn = bytes.slice();
    torn.fill(0, bytes.length - 4);
    expect(decodeFrames(torn)).toEqual({ texts: ['{"a":1}'], damaged: 0, isTorn: true });
    expect(decodeFrames(new Uint8Array([...bytes, 0, 0, 0, 0]))).toMatchObject({ damaged: 0, isTorn: true });
  });

  test("the checksum is the one of zip and png", () => {
    expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcb_f4_39_26);
  });

  test("[W8] every field of a session and a turn survives, wrong clocks and odd texts included", () => {
    fc.assert(
      fc.property(fc.oneof(anySession, anyTurn), (value) => {
        expect(readValue(valueJson(value))).toEqual(value);
      }),
    );
    expect(readValue(valueJson({ at: Number.NaN, to: -Infinity }))).toEqual({ at: Number.NaN, to: -Infinity });
  });
});

describe("[W9] compaction", () => {
  async function filled() {
    const files = new Map<string, Uint8Array<ArrayBuffer>>();
    let names = 0;
    const log = new MirrorLog(memoryMirrorFolder(files), () => `id-${names++}`);
    for (let at = 0; at < 24; at += 1) await log.append([record("same", at, `"${at}"`), record(`key-${at}`, at)]);
    return files;
  }

  async function newestOf(files: Map<string, Uint8Array<ArrayBuffer>>): Promise<Map<string, string>> {
    const log = new MirrorLog(memoryMirrorFolder(files), () => "reader");
    const newest = new Map<string, { revision: number; json: string }>();
    await log.forEach(({ records }) => {
      for (const { head, json } of records) {
        if ((newest.get(head.key)?.revision ?? -1) < head.revision)
          newest.set(head.key, { revision: head.revision, json });
      }
    });
    return new Map([...newest].map(([key, { json }]) => [key, json]));
  }

  test("interrupted at any step leaves every record readable, and the next one finishes it", async () => {
    const whole = await newestOf(await filled());
    for (let step = 0; step < 40; step += 1) {
      const files = await filled();
      const dying = memoryMirrorFolder(files);
      dying.dieAfter(step);
      let names = 0;
      const done = await new MirrorLog(dying, () => `dying-${names++}`).compact([]).then(
        () => true,
        () => false,
      );
      expect(await newestOf(files)).toEqual(whole);
      const next = new MirrorLog(memoryMirrorFolder(files), () => `next-${names++}`);
      while (await next.compact([]));
      expect(await newestOf(files)).toEqual(whole);
      expect(files.size).toBeLessThan(24);
      if (done) return;
    }
    throw new Error("The compaction never came to its end.");
  });

  test("[R3] a file with a damaged record is kept as it is, and counted each time", async () => {
    const files = await filled();
    const [name] = [...files.keys()];
    const bytes = files.get(name ?? "") ?? new Uint8Array();
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    let names = 0;
    const log = new MirrorLog(memoryMirrorFolder(files), () => `c-${names++}`);
    while (await log.compact([]));
    expect(files.get(name ?? "")).toEqual(bytes);
    let damaged = 0;
    await log.forEach((content) => void (damaged += content.damaged));
    expect(damaged).toBe(1);
  });

  test("files that another tab's compaction removes meanwhile are found in its new one", async () => {
    const files = await filled();
    const reading = memoryMirrorFolder(files);
    const read = reading.read.bind(reading);
    let names = 0;
    let hasCompacted = false;
    reading.read = async (part, name) => {
      const bytes = await read(part, name);
      if (!hasCompacted) {
        hasCompacted = true;
        await new MirrorLog(memoryMirrorFolder(files), () => `other-${names++}`).compact([]);
      }
      return bytes;
    };
    const keys = new Set<string>();
    await new MirrorLog(reading, () => "reader").forEach(({ records }) => {
      for (const { head } of records) keys.add(head.key);
    });
    expect(keys.size).toBe(25);
  });

  test("keeps the newest version and the one that counted at each cut, whatever the grouping", () => {
    const times = fc.uniqueArray(fc.nat({ max: 60 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(times, fc.array(fc.nat({ max: 60 }), { maxLength: 4 }), fc.nat({ max: 12 }), (ats, cuts, split) => {
        const versions = ats.toSorted((a, b) => a - b).map((at) => record("k", at));
        const before = cuts.map((cut) => versions.findLast(({ head }) => head.at <= cut));
        const parts = [versions.slice(0, split), versions.slice(split)];
        const kept = neededVersions(
          parts.flatMap((part) => neededVersions(part, cuts)),
          cuts,
        );
        expect(kept.at(-1)).toBe(versions.at(-1));
        expect(cuts.map((cut) => kept.findLast(({ head }) => head.at <= cut))).toEqual(before);
        expect(kept.length).toBeLessThanOrEqual(new Set(cuts).size + 1);
      }),
    );
  });

  test("cuts are the ends of the last thirty days of this device and what was named", () => {
    const now = new Date(2026, 2, 30, 15).getTime();
    const cuts = cutsAt(now, [5]);
    expect(cuts).toHaveLength(31);
    expect(cuts[0]).toBe(5);
    expect(cuts[1]).toBe(new Date(2026, 2, 29, 23, 59, 59, 999).getTime());
    expect(cuts.at(-1)).toBe(new Date(2026, 1, 28, 23, 59, 59, 999).getTime());
  });
});
