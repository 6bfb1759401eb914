import type { SessionId } from "#domain/ids.ts";
import { readId } from "#domain/ids.ts";
import { workspaceContract } from "#test/contracts/workspace.contract.ts";
import { openWorkspaces } from "#tools/open-workspaces.ts";
import { createMemoryBlobs } from "#tools/workspace-memory.ts";
import type { Workspaces } from "#tools/workspaces.ts";

export interface ContractResult {
  readonly kind: Workspaces["kind"];
  readonly failures: readonly string[];
  readonly passed: number;
}

/** Each case on an empty file system. */
export async function runContract(): Promise<ContractResult> {
  let now = 0;
  const open = () => openWorkspaces({ blobs: createMemoryBlobs(), now: () => now, storage: navigator.storage });
  const { kind } = await open();
  const failures: string[] = [];
  for (const { title, run } of workspaceContract) {
    await clear();
    try {
      await run({ workspaces: await open(), reopen: open, setNow: (at) => (now = at) });
    } catch (error) {
      failures.push(`${title}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { kind, failures, passed: workspaceContract.length - failures.length };
}

async function clear(): Promise<void> {
  const root = await navigator.storage.getDirectory();
  const names: string[] = [];
  for await (const name of root.keys()) names.push(name);
  for (const name of names) await root.removeEntry(name, { recursive: true });
}

const MORTAL = readId<SessionId>("mortal");

async function mortalWorkspace() {
  const storage = navigator.storage;
  return (await openWorkspaces({ blobs: createMemoryBlobs(), now: () => 0, storage })).open(MORTAL);
}

/** Resolves when the file is written: from then on it must survive. */
export async function writeBeforeDeath(): Promise<string> {
  const text = "written, then killed ".repeat(1000);
  await (await mortalWorkspace()).write("notes/a.md", new TextEncoder().encode(text));
  return text;
}

export async function readAfterDeath(): Promise<string> {
  return new TextDecoder().decode(await (await mortalWorkspace()).read("notes/a.md"));
}
