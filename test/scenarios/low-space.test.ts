import { describe, expect, it } from "vitest";

import { replyText, turnStatus } from "#domain/turn.ts";
import { finish, gate, say, scriptedProvider } from "#providers/scripted.ts";
import type { Reserve } from "#storage/reserve.ts";
import { readSession, readTurn } from "#storage/session-store.ts";
import { faultyDisk, type FaultyDisk } from "#test/helpers/faulty-disk.ts";
import { openWorld, type Tab, type World } from "#test/helpers/memory-world.ts";

/** A device with so little space that only the reserve stands between a write and its failure. */
interface SmallDevice {
  readonly world: World;
  readonly tab: Tab;
  readonly reserve: Reserve & { laid: boolean };
  /** Bytes left, as the browser estimates. */
  left: number;
  /** From now on writes fail unless the reserve has been given back. */
  isFull: boolean;
}

let disks = 0;

async function smallDevice(left: number, provider = scriptedProvider([])): Promise<SmallDevice> {
  const disk: FaultyDisk = faultyDisk(`small-${disks++}`);
  const world = openWorld({ provider, disk });
  const reserve = {
    laid: false,
    isLaid: () => Promise.resolve(reserve.laid),
    lay: async () => {
      if (device.isFull) throw new DOMException("full", "QuotaExceededError");
      reserve.laid = true;
    },
    drop: async () => {
      reserve.laid = false;
    },
  };
  const tab = world.openTab({
    openReserve: () => Promise.resolve(reserve),
    readStorageUsage: () => Promise.resolve({ usedBytes: 0, allowedBytes: device.left, isPersistent: null }),
  });
  const device: SmallDevice = { world, tab, reserve, left, isFull: false };
  disk.plan = ({ what }) =>
    what === "write" && device.isFull && reserve.laid
      ? { kind: "fail", at: "commit", name: "QuotaExceededError" }
      : null;
  await tab.attach();
  tab.host.start();
  await world.time.advance(1500);
  return device;
}

function troubles(tab: Tab): (string | null)[] {
  return tab.events.flatMap((event) => (event.type === "storage-trouble" ? [event.message] : []));
}

const file = (bytes: number) => ({
  sessionId: "session-1" as never,
  name: "photo.jpg",
  mediaType: "image/jpeg",
  bytes: new Uint8Array(bytes),
});

describe("a reserve of space", () => {
  it("[W9] is given back when a write finds none: the answer is saved, the person is told, and it is laid again later", async () => {
    const [paused, goOn] = gate();
    const provider = scriptedProvider([
      [...say("One ").slice(0, -1), { type: "wait", until: paused }, ...say("two.").slice(1), finish("stop")],
    ]);
    const device = await smallDevice(1e9, provider);
    const { world, tab, reserve } = device;
    await expect.poll(() => reserve.laid).toBe(true);
    await tab.send("Count.");
    await world.time.advance(100);
    device.isFull = true;
    goOn();
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    const stored = await readTurn(world.disk, world.session, 1);
    expect(stored && replyText(stored)).toBe("One two.");
    expect((await readSession(world.disk, world.session))?.pending).toBeNull();
    expect(reserve.laid).toBe(false);
    expect(troubles(tab)).toEqual([expect.stringContaining("hardly any space")]);

    await world.time.advance(60_000);
    expect(reserve.laid).toBe(false);
    device.isFull = false;
    await world.time.advance(31_000);
    expect(reserve.laid).toBe(true);
    expect(troubles(tab).at(-1)).toBeNull();
  });

  it("[W9] is not spent on a file, which its person still has", async () => {
    const device = await smallDevice(1e9);
    const { tab, reserve } = device;
    await expect.poll(() => reserve.laid).toBe(true);
    device.isFull = true;
    expect(await tab.call("add-file", file(100_000))).toMatchObject({ ok: false, refusal: { reason: "storage-full" } });
    expect(reserve.laid).toBe(true);
  });

  it("[W9] waits for room and for a quiet moment, and says when there is no room for it", async () => {
    const device = await smallDevice(5_000_000);
    const { world, tab, reserve } = device;
    await expect.poll(() => troubles(tab)).toEqual([expect.stringContaining("hardly any space")]);
    expect(reserve.laid).toBe(false);
    device.left = 1e9;
    await world.time.advance(30_000);
    expect(reserve.laid).toBe(true);
    expect(troubles(tab).at(-1)).toBeNull();
  });
});

describe("when little space is left", () => {
  it("[W9] a large file is refused in words before any text is; notes and messages go through", async () => {
    const device = await smallDevice(30_000_000, scriptedProvider([[...say("Hi."), finish("stop")]]));
    const { tab } = device;
    const refused = await tab.call("add-file", file(8_000_000));
    expect(refused).toMatchObject({ ok: false, refusal: { reason: "storage-full" } });
    expect(refused.ok || refused.refusal.message).toMatch(/kept for your messages/);
    expect(await tab.call("add-file", file(8_000))).toMatchObject({ ok: true });
    await tab.send("Hello.");
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    device.left = 1e9;
    expect(await tab.call("add-file", file(8_000_000))).toMatchObject({ ok: true });
  });
});
