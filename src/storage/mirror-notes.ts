import type { MirrorFolder } from "./mirror-folder.ts";
import type { RestoreReport } from "./mirror-restore.ts";

/** What was found when the copy was last compared with the database. */
export interface CheckNote {
  readonly at: number;
  readonly sessions: number;
  /** Records in the copy whose bytes are damaged. Their files are kept. */
  readonly damaged: number;
  /** Sessions that the copy had missed and has now. */
  readonly caughtUp: number;
}

export interface MirrorNotes {
  readonly checked: CheckNote;
  readonly restored: RestoreReport;
}

export async function keepNote<Name extends keyof MirrorNotes>(
  folder: MirrorFolder,
  name: Name,
  note: MirrorNotes[Name],
): Promise<void> {
  await folder.write("notes", name, new TextEncoder().encode(JSON.stringify(note)));
}

export async function readNote<Name extends keyof MirrorNotes>(
  folder: MirrorFolder,
  name: Name,
): Promise<MirrorNotes[Name] | null> {
  const bytes = await folder.read("notes", name);
  if (bytes === null || bytes.length === 0) return null;
  try {
    // Written by this app alone, whole or not at all.
    return JSON.parse(new TextDecoder().decode(bytes)) as MirrorNotes[Name];
  } catch {
    // Torn by a death: the next comparison writes it again.
    return null;
  }
}
