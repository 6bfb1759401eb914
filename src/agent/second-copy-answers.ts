import type { SessionId } from "#domain/ids.ts";
import type { MirrorStatus, RestorePoint } from "#protocol/commands.ts";
import { goBack, type GoneBack } from "#storage/go-back.ts";
import type { RestoreReport } from "#storage/mirror-restore.ts";
import { listRestorePoints } from "#storage/restore-points.ts";
import type { SecondCopy } from "#storage/second-copy.ts";

import type { Answers, SecondCopyCommandName } from "./answers.ts";
import type { Audience, Environment } from "./environment.ts";
import { Refused, refusalOf } from "./refusals.ts";
import { goneBackWords, restoredWords, wordsOfPoint } from "./second-copy-words.ts";

/** Tells everybody, in this tab and in others, that rows of these sessions are different now. */
export type SessionsWritten = (sessionIds: readonly SessionId[]) => void;

/** The commands about the second copy. Loaded at their first use. */
export function secondCopyAnswers(env: Environment, written: SessionsWritten): Answers<SecondCopyCommandName> {
  async function copy(): Promise<SecondCopy> {
    const opened = await env.secondCopy.open();
    if (opened !== null) return opened;
    throw new Refused("invalid", "This browser gives no place for a second copy, so there is nothing to go back to.");
  }

  return {
    "read-mirror-status": async () => statusOf(await env.secondCopy.open()),
    "check-mirror": async () => {
      const opened = await copy();
      await opened.check(env.db);
      return statusOf(opened);
    },
    "list-restore-points": async () => {
      const points: readonly RestorePoint[] = await listRestorePoints(await copy());
      return points;
    },
    "restore-point": async ({ at, sessionId }) => {
      const now = env.clock.now();
      const label = `Before going back to ${wordsOfPoint(at)}`;
      const gone: GoneBack = await goBack(await copy(), env.db, { at, sessionId, label, now });
      written(gone.sessionIds);
      return { message: goneBackWords(gone), changed: gone.sessionIds.length, leftAt: gone.leftAt };
    },
  };
}

async function statusOf(copy: SecondCopy | null): Promise<MirrorStatus> {
  if (copy === null) return { kind: "none" };
  const { trouble, lastRestore, ...status } = await copy.status();
  return {
    kind: "on",
    ...status,
    trouble: trouble === null ? null : refusalOf(trouble).message,
    lastRestore: lastRestore === null ? null : { at: lastRestore.at, message: restoredWords(lastRestore) },
  };
}

/** What came back is told once, in words, and shown. */
export function tellRestored(report: RestoreReport, audience: Audience, written: SessionsWritten): void {
  audience.toAll({ type: "restored", message: restoredWords(report) });
  written(report.sessionIds);
}

/** Compares the copy with the database where that is due. */
export async function checkSecondCopy(env: Environment): Promise<void> {
  const copy = await env.secondCopy.open();
  if (copy === null || !(await copy.isCheckDue())) return;
  const result = await copy.check(env.db);
  const restored = result?.restored ?? null;
  // A session that went on in two ways stays so: said once when it was found, not with every comparison.
  if (restored !== null && restored.sessions + restored.turns > 0) env.secondCopy.restored(restored);
}
