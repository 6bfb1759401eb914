import { describe, expect, test } from "vitest";
import type { SessionId } from "#domain/ids.ts";
import { readId } from "#domain/ids.ts";
import { text, workspaceContract } from "#test/contracts/workspace.contract.ts";
import { openWorkspaces } from "#tools/open-workspaces.ts";
import { BlobWorkspaces } from "#tools/workspace-blobs.ts";
import { createMemoryBlobs, createMemoryWorkspaces } from "#tools/workspace-memory.ts";
import { FakeDirectory, fakeStorage } from "./fake-opfs.ts";

const CONTRACT = workspaceContract.map(({ title, run }) => [title, run] as const);
const SESSION = readId<SessionId>("session-one");

describe("in memory", () => {
  test.each(CONTRACT)("%s", async (_, run) => {
    let now = 0;
    const workspaces = createMemoryWorkspaces(() => now);
    await expect(
      run({ workspaces, reopen: async () => workspaces, setNow: (at) => (now = at) }),
    ).resolves.toBeUndefined();
  });
});

describe("in the fallback, where the browser gives no file system", () => {
  test.each(CONTRACT)("%s", async (_, run) => {
    let now = 0;
    const blobs = createMemoryBlobs();
    const open = () => openWorkspaces({ blobs, now: () => now, storage: null });
    const workspaces = await open();
    expect(workspaces.kind).toBe("blobs");
    await expect(run({ workspaces, reopen: open, setNow: (at) => (now = at) })).resolves.toBeUndefined();
  });
});

describe.each(["sync-handle", "writable"] as const)("in the private file system, written by %s", (writing) => {
  test.each(CONTRACT)("%s", async (_, run) => {
    let now = 0;
    const storage = fakeStorage(new FakeDirectory(writing));
    const open = () => openWorkspaces({ blobs: createMemoryBlobs(), now: () => now, storage });
    const workspaces = await open();
    expect(workspaces.kind).toBe("opfs");
    await expect(run({ workspaces, reopen: open, setNow: (at) => (now = at) })).resolves.toBeUndefined();
  });

  test("[W2] a write that dies after any number of operations leaves the old file or the new one, whole", async () => {
    const found: { text: string; isDone: boolean }[] = [];
    for (let operations = 0; found.at(-1)?.isDone !== true; operations++) {
      const root = new FakeDirectory(writing);
      const open = () => openWorkspaces({ blobs: createMemoryBlobs(), now: () => 0, storage: fakeStorage(root) });
      const workspace = (await open()).open(SESSION);
      await workspace.write("a.md", text("the old text, which is longer"));
      root.dieAfter(operations);
      const [written] = await Promise.allSettled([workspace.write("a.md", text("the new text"))]);
      root.revive();
      const bytes = await (await open()).open(SESSION).read("a.md");
      found.push({ text: new TextDecoder().decode(bytes), isDone: written.status === "fulfilled" });
    }
    expect(found.length).toBeGreaterThan(3);
    expect(new Set(found.map((one) => one.text))).toEqual(new Set(["the old text, which is longer", "the new text"]));
    expect(found.at(-1)).toEqual({ text: "the new text", isDone: true });
  });

  test("old versions and what dead writes left do not pile up", async () => {
    const root = new FakeDirectory(writing);
    const workspaces = await openWorkspaces({ blobs: createMemoryBlobs(), now: () => 0, storage: fakeStorage(root) });
    const workspace = workspaces.open(SESSION);
    for (let count = 0; count < 5; count++) {
      root.dieAfter(2);
      await expect(workspace.write("a.md", text("lost"))).rejects.toMatchObject({ code: "unavailable" });
      root.revive();
      await workspace.write("a.md", text(String(count)));
    }
    expect(root.fileCount).toBe(1);
  });

  test("a file can be written again after a write of it died", async () => {
    const root = new FakeDirectory(writing);
    const workspaces = await openWorkspaces({ blobs: createMemoryBlobs(), now: () => 0, storage: fakeStorage(root) });
    const workspace = workspaces.open(SESSION);
    root.dieAfter(1);
    await expect(workspace.write("a.md", text("lost"))).rejects.toMatchObject({ code: "unavailable" });
    root.revive();
    await workspace.write("a.md", text("written"));
    expect(await workspace.list()).toEqual([{ path: "a.md", size: 7, modifiedAt: 0 }]);
  });

  test("[W9] a full disk is said as such and leaves the old file", async () => {
    const root = new FakeDirectory(writing);
    const workspaces = await openWorkspaces({ blobs: createMemoryBlobs(), now: () => 0, storage: fakeStorage(root) });
    const workspace = workspaces.open(SESSION);
    await workspace.write("a.md", text("old"));
    root.isFull = true;
    await expect(workspace.write("a.md", text("new"))).rejects.toMatchObject({ code: "quota" });
    root.isFull = false;
    expect(await workspace.read("a.md")).toEqual(text("old"));
  });
});

test("[W9] a file system that refuses or does not keep what it is given is not used", async () => {
  const refusing = { getDirectory: () => Promise.reject(new DOMException("no", "SecurityError")) };
  const forgetful = fakeStorage(new FakeDirectory("forgetful"));
  for (const storage of [refusing as unknown as StorageManager, forgetful]) {
    const workspaces = await openWorkspaces({ blobs: createMemoryBlobs(), now: () => 0, storage });
    expect(workspaces.kind).toBe("blobs");
  }
});

test("[W7] files that were stored in the fallback come along when the file system is there again", async () => {
  const blobs = createMemoryBlobs();
  const fallback = new BlobWorkspaces(blobs, () => 0).open(SESSION);
  await fallback.write("both.md", text("from the fallback"));
  await fallback.write("same.md", text("same"));
  await fallback.write("only.md", text("only there"));
  const storage = fakeStorage(new FakeDirectory("writable"));
  const without = await openWorkspaces({ blobs: createMemoryBlobs(), now: () => 0, storage });
  await without.open(SESSION).write("both.md", text("from the file system"));
  await without.open(SESSION).write("same.md", text("same"));

  const workspace = (await openWorkspaces({ blobs, now: () => 0, storage })).open(SESSION);
  expect((await workspace.list()).map(({ path }) => path)).toEqual(["both (2).md", "both.md", "only.md", "same.md"]);
  expect(await workspace.read("both.md")).toEqual(text("from the file system"));
  expect(await workspace.read("both (2).md")).toEqual(text("from the fallback"));
  expect(await fallback.list()).toEqual([]);
});
