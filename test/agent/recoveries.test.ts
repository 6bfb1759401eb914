import { expect, it } from "vitest";

import { finish, say, scriptedProvider } from "#providers/scripted.ts";
import { openWorld } from "#test/helpers/memory-world.ts";

const half = [...say("One ", "two ").slice(0, -1), { type: "hang" }] as const;

it("[R4] recoveries are told from the turns: session, cause, what is saved; a run that ended well is none of them", async () => {
  const world = openWorld({ provider: scriptedProvider([[...say("First."), finish("stop")], half]) });
  const tab = world.openTab();
  await tab.attach();
  await tab.send("Hello.");
  await tab.until((turn) => turn.runs.at(-1)?.outcome != null, "answered");
  expect(await tab.ask("list-recoveries", { limit: 10 })).toEqual([]);
  await tab.send("Count.");
  await world.time.advance(2000);
  await tab.kill();

  const next = world.openTab();
  await next.attach();
  const writes = world.writes.length;
  const found = await next.ask("list-recoveries", { limit: 10 });
  expect(found).toMatchObject([
    { sessionId: world.session, turnSeq: 2, title: "Hello.", cause: "app-died", mayMiss: true },
  ]);
  expect(found[0]?.savedUpTo).toBeLessThanOrEqual(found[0]?.at ?? 0);
  expect(world.writes.length).toBe(writes);
});
