import { expect, test } from "vitest";

import { Gate } from "#storage/gate.ts";

/** Work that logs its beginning and its end, and ends when it is told to. */
function work(log: string[], name: string) {
  let end = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    end: () => end(),
    run: async () => {
      log.push(`+${name}`);
      await promise;
      log.push(`-${name}`);
      return name;
    },
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test("shared work overlaps, exclusive work waits for all before it and holds up all after it", async () => {
  const gate = new Gate();
  const log: string[] = [];
  const [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map((name) => work(log, name));
  if (!a || !b || !c || !d || !e) throw new Error("missing");
  const all = Promise.all([
    gate.shared(a.run),
    gate.shared(b.run),
    gate.exclusive(c.run),
    gate.exclusive(d.run),
    gate.shared(e.run),
  ]);
  await settle();
  expect(log).toEqual(["+a", "+b"]);
  a.end();
  await settle();
  expect(log).toEqual(["+a", "+b", "-a"]);
  b.end();
  d.end();
  e.end();
  await settle();
  expect(log.slice(3)).toEqual(["-b", "+c"]);
  c.end();
  expect(await all).toEqual(["a", "b", "c", "d", "e"]);
  expect(log.slice(4)).toEqual(["+c", "-c", "+d", "-d", "+e", "-e"]);
});

test("[W9] work that fails holds up nothing after it, and only who asked for it hears of it", async () => {
  const gate = new Gate();
  const failing = async (): Promise<never> => {
    throw new Error("broken");
  };
  const outcomes = await Promise.allSettled([
    gate.exclusive(failing),
    gate.shared(failing),
    gate.exclusive(async () => "fine"),
    gate.shared(async () => "fine too"),
  ]);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(["rejected", "rejected", "fulfilled", "fulfilled"]);
});
