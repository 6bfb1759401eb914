/**
 * What every place of the second copy promises. A list of cases and not a suite of one test runner: the same cases run
 * in Node (memory) and in a real browser's workers (the private file system).
 */
import type { MirrorFolder } from "#storage/mirror-folder.ts";
import { MirrorLog } from "#storage/mirror-log.ts";
import type { MirrorRecord } from "#storage/mirror-record.ts";

import { equal, text } from "./workspace.contract.ts";

export interface MirrorFolderWorld {
  readonly folder: MirrorFolder;
  /** The same files as another worker or the next start sees them. */
  readonly reopen: () => Promise<MirrorFolder>;
}

export const mirrorFolderContract: readonly {
  readonly title: string;
  readonly run: (world: MirrorFolderWorld) => Promise<void>;
}[] = [
  {
    title: "[W9] what was written is read back byte for byte, also by another worker",
    run: async ({ folder, reopen }) => {
      const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251);
      await folder.write("log", "0-1-a", bytes);
      equal(await folder.read("log", "0-1-a"), bytes);
      equal(await (await reopen()).read("log", "0-1-a"), bytes);
    },
  },
  {
    title: "an empty file is a file",
    run: async ({ folder, reopen }) => {
      await folder.write("writers", "a", new Uint8Array());
      equal(await (await reopen()).list("writers"), ["a"]);
    },
  },
  {
    title: "parts do not see each other's files, and names and sizes are told",
    run: async ({ folder }) => {
      await folder.write("log", "0-1-a", text("four"));
      await folder.write("blobs", "sha256-00", text("seven!!"));
      equal(await folder.list("log"), ["0-1-a"]);
      equal(await folder.measure("blobs"), [{ name: "sha256-00", bytes: 7 }]);
      equal(await folder.list("points"), []);
    },
  },
  {
    title: "what is not there reads as nothing, and removing it is no error",
    run: async ({ folder }) => {
      equal(await folder.read("log", "none"), null);
      await folder.remove("log", "none");
    },
  },
  {
    title: "[W7] what was removed is gone for everybody, the rest stays",
    run: async ({ folder, reopen }) => {
      await folder.write("log", "0-1-a", text("a"));
      await folder.write("log", "0-2-b", text("b"));
      await folder.remove("log", "0-1-a");
      equal(await (await reopen()).list("log"), ["0-2-b"]);
    },
  },
  {
    title: "a second write under a name replaces the first whole, also by something shorter",
    run: async ({ folder }) => {
      await folder.write("notes", "checked", text("a long text"));
      await folder.write("notes", "checked", text("short"));
      equal(await folder.read("notes", "checked"), text("short"));
    },
  },
  {
    title: "writes side by side by two workers all succeed, and their records are all read",
    run: async ({ folder, reopen }) => {
      const [one, two] = [logOn(folder, "one"), logOn(await reopen(), "two")];
      await Promise.all(
        [0, 1, 2, 3, 4].flatMap((at) => [one.append([record(`one-${at}`, at)]), two.append([record(`two-${at}`, at)])]),
      );
      equal((await keysIn(logOn(await reopen(), "three"))).length, 10);
    },
  },
  {
    title: "a compaction leaves every record that is needed, in fewer files",
    run: async ({ folder, reopen }) => {
      const log = logOn(folder, "one");
      for (let at = 0; at < 20; at += 1) await log.append([record("same", at), record(`key-${at}`, at)]);
      while (await log.compact([]));
      const again = logOn(await reopen(), "two");
      equal((await again.segments()).length < 20, true);
      equal((await keysIn(again)).length, 21);
    },
  },
];

let written = 0;

function logOn(folder: MirrorFolder, writer: string): MirrorLog {
  return new MirrorLog(folder, () => `${writer}-${written++}`);
}

export function record(key: string, revision: number, json = `{"key":"${key}"}`): MirrorRecord {
  return { head: { store: "settings", key, sessionId: null, revision, at: revision }, json };
}

async function keysIn(log: MirrorLog): Promise<string[]> {
  const keys: string[] = [];
  await log.forEach(({ records }) => void keys.push(...records.map(({ head }) => head.key)));
  return keys;
}
