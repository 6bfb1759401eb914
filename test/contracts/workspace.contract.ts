/**
 * What every implementation of Workspaces promises. A list of cases and not a suite of one test runner: the same cases
 * run in Node (memory, the database's fallback) and in a real browser's worker (the private file system).
 */
import type { SessionId } from "#domain/ids.ts";
import { readId } from "#domain/ids.ts";
import type { WorkspaceErrorCode } from "#tools/tool.ts";
import type { Workspaces } from "#tools/workspaces.ts";

export interface WorkspaceWorld {
  readonly workspaces: Workspaces;
  /** The same files as after a reload: nothing that was only in memory. */
  readonly reopen: () => Promise<Workspaces>;
  /** Sets the clock, epoch milliseconds. */
  readonly setNow: (at: number) => void;
}

export interface ContractCase {
  readonly title: string;
  readonly run: (world: WorkspaceWorld) => Promise<void>;
}

const ONE = readId<SessionId>("session-one");
const TWO = readId<SessionId>("Session:Two_2");

export const workspaceContract: readonly ContractCase[] = [
  {
    title: "[W9] what was written is read back byte for byte, also after a reload",
    run: async (world) => {
      const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
      await world.workspaces.open(ONE).write("a/b.bin", bytes);
      equal(await world.workspaces.open(ONE).read("a/b.bin"), bytes);
      equal(await (await world.reopen()).open(ONE).read("a/b.bin"), bytes);
    },
  },
  {
    title: "an empty file is a file",
    run: async ({ workspaces }) => {
      await workspaces.open(ONE).write("empty", new Uint8Array());
      equal(await workspaces.open(ONE).read("empty"), new Uint8Array());
      equal(
        (await workspaces.open(ONE).list()).map(({ size }) => size),
        [0],
      );
    },
  },
  {
    title: "a list has path, size and the time of the last write, ordered by path",
    run: async (world) => {
      const workspace = world.workspaces.open(ONE);
      world.setNow(1000);
      await workspace.write("b.md", text("four"));
      await workspace.write("a.md", text("1"));
      world.setNow(2000);
      await workspace.write("b.md", text("seven!!"));
      equal(await workspace.list(), [
        { path: "a.md", size: 1, modifiedAt: 1000 },
        { path: "b.md", size: 7, modifiedAt: 2000 },
      ]);
    },
  },
  {
    title: "a second write replaces the first whole, also by something shorter",
    run: async ({ workspaces }) => {
      const workspace = workspaces.open(ONE);
      await workspace.write("a.md", text("a long text"));
      await workspace.write("a.md", text("short"));
      equal(await workspace.read("a.md"), text("short"));
    },
  },
  {
    title: "later changes of a buffer that was written or read change no file",
    run: async ({ workspaces }) => {
      const workspace = workspaces.open(ONE);
      const bytes = text("kept");
      await workspace.write("a.md", bytes);
      bytes.fill(0);
      (await workspace.read("a.md")).fill(0);
      equal(await workspace.read("a.md"), text("kept"));
    },
  },
  {
    title: "[W7] sessions do not see each other's files, and removing all of one leaves the other's",
    run: async ({ workspaces }) => {
      await workspaces.open(ONE).write("a.md", text("one"));
      await workspaces.open(TWO).write("a.md", text("two"));
      equal(await workspaces.usage(ONE), { files: 1, bytes: 3 });
      await workspaces.removeAll(ONE);
      equal(await workspaces.open(ONE).list(), []);
      equal(await workspaces.usage(ONE), { files: 0, bytes: 0 });
      equal(await workspaces.open(TWO).read("a.md"), text("two"));
      await workspaces.removeAll(ONE);
    },
  },
  {
    title: "[W10] listing and reading in a session without files leaves nothing behind",
    run: async ({ workspaces }) => {
      equal(await workspaces.open(ONE).list(), []);
      await fails("not-found", () => workspaces.open(ONE).read("a.md"));
      equal(await workspaces.open(ONE).list(), []);
    },
  },
  {
    title: "a rename keeps content and time, and never overwrites",
    run: async (world) => {
      const workspace = world.workspaces.open(ONE);
      world.setNow(1000);
      await workspace.write("a.md", text("a"));
      await workspace.write("b.md", text("b"));
      world.setNow(5000);
      await fails("exists", () => workspace.rename("a.md", "b.md"));
      await fails("exists", () => workspace.rename("a.md", "a.md"));
      await fails("not-found", () => workspace.rename("none", "c.md"));
      await workspace.rename("a.md", "deep/c.md");
      equal(await workspace.list(), [
        { path: "b.md", size: 1, modifiedAt: 1000 },
        { path: "deep/c.md", size: 1, modifiedAt: 1000 },
      ]);
      equal(await workspace.read("deep/c.md"), text("a"));
      await fails("not-found", () => workspace.read("a.md"));
    },
  },
  {
    title: "a removed file is gone, also after a reload; removing it again says that there is none",
    run: async (world) => {
      const workspace = world.workspaces.open(ONE);
      await workspace.write("a.md", text("first"));
      await workspace.write("a.md", text("second"));
      await workspace.remove("a.md");
      await fails("not-found", () => workspace.read("a.md"));
      await fails("not-found", () => workspace.remove("a.md"));
      equal(await (await world.reopen()).open(ONE).list(), []);
    },
  },
  {
    title: "one spelling of a name is one file: é typed in two ways is the same, É is another",
    run: async ({ workspaces }) => {
      const workspace = workspaces.open(ONE);
      await workspace.write("caf\u00e9", text("composed"));
      await workspace.write("cafe\u0301", text("decomposed"));
      await workspace.write("CAF\u00c9", text("capitals"));
      equal(
        (await workspace.list()).map(({ path }) => path),
        ["CAF\u00c9", "caf\u00e9"],
      );
      equal(await workspace.read("caf\u00e9"), text("decomposed"));
    },
  },
  {
    title: "[V4] names of any script, of any sign and up to 512 characters are kept as they are",
    run: async ({ workspaces }) => {
      const workspace = workspaces.open(ONE);
      const names = [
        "עברית/קובץ.txt",
        "日本語.md",
        "CON",
        "a:b?*<>|\"'.txt",
        "👩‍👩‍👧.md",
        "__proto__",
        `${"x".repeat(509)}.md`,
      ];
      for (const name of names) await workspace.write(name, text(name));
      for (const name of names) equal(await workspace.read(name), text(name));
      equal((await workspace.list()).length, names.length);
    },
  },
  {
    title: "[Z2] paths that lead out, break lists or deceive the eye are refused by every method",
    run: async ({ workspaces }) => {
      const workspace = workspaces.open(ONE);
      const bad = ["", "/a", "a/", "a//b", "..", "../a", "a/../b", "./a", "a/.", "a\\b", "a\0b", "a\nb", " a", "a /b"];
      bad.push("a\u202egpj.exe", "a\u2028b", "\ud800", "x".repeat(513), "C:\\a");
      for (const path of bad) {
        await fails("bad-path", () => workspace.write(path, text("x")));
        await fails("bad-path", () => workspace.read(path));
        await fails("bad-path", () => workspace.remove(path));
        await fails("bad-path", () => workspace.rename("a", path));
      }
      equal(await workspace.list(), []);
    },
  },
  {
    title: "writes side by side all succeed, and a file that two wrote is one of the two, whole",
    run: async ({ workspaces }) => {
      const workspace = workspaces.open(ONE);
      const letters = ["a", "b", "c", "d", "e", "f", "g", "h"];
      await Promise.all(letters.map((letter) => workspace.write(`${letter}.md`, text(letter.repeat(5000)))));
      await Promise.all(letters.map((letter) => workspace.write("same.md", text(letter.repeat(5000)))));
      equal((await workspace.list()).length, letters.length + 1);
      const same = new TextDecoder().decode(await workspace.read("same.md"));
      equal(same, (same[0] ?? "").repeat(5000));
    },
  },
];

export function text(content: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(content);
}

/** Says both sides: it runs where there is no test runner to do so. */
export function equal(actual: unknown, expected: unknown): void {
  const [a, b] = [shown(actual), shown(expected)];
  if (a !== b) throw new Error(`expected ${b.slice(0, 500)}, got ${a.slice(0, 500)}`);
}

function shown(value: unknown): string {
  return value instanceof Uint8Array ? `bytes ${String([...value])}` : JSON.stringify(value);
}

export async function fails(code: WorkspaceErrorCode, work: () => Promise<unknown>): Promise<void> {
  const failure = await work().then(
    () => null,
    (error: unknown) => error,
  );
  const found = failure instanceof Error && "code" in failure ? failure.code : String(failure);
  if (found !== code) throw new Error(`expected ${code}, got ${String(found)}`);
}
