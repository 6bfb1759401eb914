import { afterEach, describe, expect, it, vi } from "vitest";

import { turnStatus } from "#domain/turn.ts";
import { finish, gate, say, scriptedProvider } from "#providers/scripted.ts";
import { Database } from "#storage/database.ts";
import { readSession } from "#storage/session-store.ts";
import { openWorld } from "#test/helpers/memory-world.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("an ending that cannot be saved because of what is stored", () => {
  it("[W9] is told once, tried ever less often, and saved when the record can be read again", async () => {
    const [paused, goOn] = gate();
    const world = openWorld({
      provider: scriptedProvider([[{ type: "wait", until: paused }, ...say("Done."), finish("stop")]]),
    });
    const write = vi.spyOn(Database.prototype, "write");
    const tab = world.openTab();
    await tab.attach();
    await tab.send("Go.");
    await world.time.advance(1000);
    const row = await world.disk.read(["sessions"], (tx) => tx.objectStore("sessions").get(world.session));
    const put = (record: object) =>
      world.disk.write(["sessions"], "relaxed", async (writing) => writing.put("sessions", record as never));
    await put({ ...row, surprise: true });
    goOn();
    await tab.until((turn) => turnStatus(turn) === "completed", "the end is shown");
    expect(tab.events.filter((event) => event.type === "storage-trouble" && event.message !== null)).toHaveLength(1);
    tab.events.length = 0;
    write.mockClear();
    await world.time.advance(60 * 60_000);
    // 3 + 6 + 12 + … s, then every five minutes: an hour of trying every 3 s would be 1200 writes.
    expect(write.mock.calls.length).toBeGreaterThan(5);
    expect(write.mock.calls.length).toBeLessThan(25);
    expect(tab.events.filter((event) => event.type === "storage-trouble")).toEqual([]);

    await put(row ?? {});
    await world.time.advance(5 * 60_000);
    expect((await readSession(world.disk, world.session))?.pending).toBeNull();
    expect(tab.events.filter((event) => event.type === "storage-trouble").at(-1)).toMatchObject({ message: null });
  });
});
