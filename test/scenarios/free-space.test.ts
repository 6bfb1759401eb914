import { describe, expect, it } from "vitest";

import { readId, type SessionId } from "#domain/ids.ts";
import { turnStatus } from "#domain/turn.ts";
import type { StorageKind, StorageReport } from "#protocol/commands.ts";
import { finish, say, scriptedProvider } from "#providers/scripted.ts";
import { openWorld, type Tab, type World } from "#test/helpers/memory-world.ts";

const OTHER = readId<SessionId>("session-2");

function file(name: string, bytes: number, sessionId: SessionId) {
  return { sessionId, name, mediaType: "text/plain", bytes: new Uint8Array(bytes).fill(name.length) };
}

function bytesOf(report: StorageReport, kind: StorageKind): number {
  return report.kinds.find((known) => known.kind === kind)?.bytes ?? Number.NaN;
}

/** Two sessions: one with a long answer, one with a short answer, an attachment and another file. */
async function twoSessions(): Promise<{ world: World; tab: Tab }> {
  const provider = scriptedProvider([
    [...say("x".repeat(10_000)), finish("stop")],
    [...say("Short."), finish("stop")],
  ]);
  const world = openWorld({ provider });
  const tab = world.openTab();
  await tab.attach();
  await tab.send("Long, please.");
  await tab.until((turn) => turnStatus(turn) === "completed", "answered");
  await world.time.advance(100);
  await tab.attach(OTHER);
  const attached = await tab.ask("add-file", file("sent.txt", 30_000, OTHER));
  await tab.ask("add-file", file("kept.txt", 40_000, OTHER));
  const message = { ...tab.message("Short, please."), attachments: [attached] };
  await tab.ask("send-message", { sessionId: OTHER, message, model: null });
  await tab.until((turn) => turnStatus(turn) === "completed", "answered");
  await world.time.advance(100);
  return { world, tab };
}

describe("what takes space", () => {
  it("is told by kind, with the largest sessions and files first, and reading it writes nothing", async () => {
    const { world, tab } = await twoSessions();
    const before = world.writes.length;
    const report = await tab.ask("measure-storage", null);
    expect(bytesOf(report, "sessions")).toBeGreaterThan(10_000);
    expect(bytesOf(report, "attachments")).toBe(30_000);
    expect(bytesOf(report, "files")).toBe(70_000);
    expect(report.sessions.map(({ sessionId, title, fileCount }) => ({ sessionId, title, fileCount }))).toEqual([
      { sessionId: OTHER, title: "Short, please.", fileCount: 2 },
      { sessionId: world.session, title: "Long, please.", fileCount: 0 },
    ]);
    expect(report.files.map(({ path, bytes }) => ({ path, bytes }))).toEqual([
      { path: "kept.txt", bytes: 40_000 },
      { path: "sent.txt", bytes: 30_000 },
    ]);
    expect(report.trash).toEqual({ sessions: 0, bytes: 0 });
    expect(world.writes.length).toBe(before);
  });

  it("[W7] [I4] emptying the trash removes what was deleted with its files, and nothing else", async () => {
    const { world, tab } = await twoSessions();
    await tab.ask("delete-session", { sessionId: OTHER });
    const { trash, sessions } = await tab.ask("measure-storage", null);
    expect(trash.sessions).toBe(1);
    expect(trash.bytes).toBeGreaterThan(100_000);
    expect(sessions.map(({ sessionId }) => sessionId)).toEqual([world.session]);
    await world.time.advance(11 * 60_000);
    expect(await tab.ask("empty-trash", null)).toEqual({ sessions: 1 });
    const after = await tab.ask("measure-storage", null);
    expect(after.trash).toEqual({ sessions: 0, bytes: 0 });
    expect(bytesOf(after, "files")).toBe(0);
    expect(await world.disk.read(["blobs", "turns"], (tx) => tx.objectStore("blobs").count())).toBe(0);
    expect((await tab.attach(world.session)).turns).toHaveLength(1);
    expect(await tab.call("undelete-session", { sessionId: OTHER })).toMatchObject({ ok: false });
  });

  it("[D2] emptying the trash leaves an upload alone whose draft is still on its way", async () => {
    const { world, tab } = await twoSessions();
    await tab.ask("delete-session", { sessionId: OTHER });
    await world.time.advance(11 * 60_000);
    const fresh = await tab.ask("add-file", file("fresh!", 20_000, world.session));
    await tab.ask("empty-trash", null);
    const blob = await world.disk.read(["blobs"], (tx) => tx.objectStore("blobs").get(fresh.blobId));
    expect(blob?.bytes.byteLength).toBe(20_000);
  });

  it("[D2] [X1] removing a session's files leaves its messages and what was sent with them", async () => {
    const { world, tab } = await twoSessions();
    await tab.ask("remove-session-files", { sessionId: OTHER });
    expect(await tab.ask("list-files", { sessionId: OTHER })).toEqual([]);
    expect(tab.events.at(-1)).toMatchObject({ type: "files-changed", sessionId: OTHER });
    const { turns } = await tab.attach(OTHER);
    const [attached] = turns[0]?.user.attachments ?? [];
    expect(attached).toMatchObject({ path: "sent.txt", size: 30_000 });
    expect(await world.disk.read(["blobs"], (tx) => tx.objectStore("blobs").count())).toBe(2);
  });

  it("[T1] a session's files are not removed while a reply that may need them is being written", async () => {
    const world = openWorld({ provider: scriptedProvider([[...say("One ").slice(0, -1), { type: "hang" }]]) });
    const tab = world.openTab();
    await tab.attach();
    await tab.send("Go.");
    await world.time.advance(1000);
    const refused = await tab.call("remove-session-files", { sessionId: world.session });
    expect(refused).toMatchObject({ ok: false, refusal: { reason: "busy" } });
  });
});
