import { describe, expect, it } from "vitest";

import { replyText, turnStatus } from "#domain/turn.ts";
import { finish, say, scriptedProvider } from "#providers/scripted.ts";
import { openWorld } from "#test/helpers/memory-world.ts";

describe("stop for a run whose worker is dead", () => {
  it("[C2] an answer that was stopped before its interruption was found does not go on by itself", async () => {
    const provider = scriptedProvider([
      [...say("One ", "two ").slice(0, -1), { type: "hang" }],
      [...say("three."), finish("stop")],
    ]);
    const world = openWorld({ provider });
    const before = world.openTab();
    await before.attach();
    await before.send("Count.");
    await world.time.advance(5_000);
    await before.kill();

    const after = world.openTab();
    await after.ask("stop-run", { sessionId: world.session });
    const snapshot = await after.attach();
    expect(snapshot.continuesAt).toBeNull();
    await world.time.advance(60_000);
    expect(turnStatus(after.turn())).toBe("interrupted");
    expect(provider.requests).toHaveLength(1);

    await after.ask("continue-turn", { sessionId: world.session, turnSeq: 1 });
    await after.until((turn) => turnStatus(turn) === "completed", "the person may still continue it");
    expect(replyText(after.turn())).toBe("One two three.");
  });
});
