import { expect, it } from "vitest";

import { replyText, turnStatus } from "#domain/turn.ts";
import { finish, say, scriptedProvider } from "#providers/scripted.ts";
import { readSession } from "#storage/session-store.ts";
import { faultyDisk } from "#test/helpers/faulty-disk.ts";
import { openWorld } from "#test/helpers/memory-world.ts";

it("[S2] [S6] a message that was stored although storage said no is one turn when it is sent again, and is answered", async () => {
  const disk = faultyDisk("unknown-fate");
  const world = openWorld({ provider: scriptedProvider([[...say("Hi."), finish("stop")]]), disk });
  const tab = world.openTab();
  await tab.attach();
  disk.plan = ({ purpose, nth }) => (purpose === "full-save" && nth === 1 ? { kind: "lose", at: "committed" } : null);
  const message = tab.message("Hello.");
  const first = await tab.call("send-message", { sessionId: world.session, message, model: null });
  expect(first).toMatchObject({ ok: false, refusal: { reason: "storage-failed" } });
  expect((await readSession(world.disk, world.session))?.nextSeq).toBe(2);

  expect(await tab.ask("send-message", { sessionId: world.session, message, model: null })).toEqual({
    accepted: "turn",
  });
  await world.time.advance(3000);
  await tab.until((turn) => turnStatus(turn) === "completed", "answered");
  expect(replyText(tab.turn())).toBe("Hi.");
  expect(tab.lastSeq).toBe(1);
});
