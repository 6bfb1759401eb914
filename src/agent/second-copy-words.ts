import type { GoneBack } from "#storage/go-back.ts";
import type { RestoreReport } from "#storage/mirror-restore.ts";

/** Day and time as the person's system writes them. */
function wordsOfMoment(at: number): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }).format(at);
}

/** A moment that one goes back to: the end of a day is the day. */
export function wordsOfPoint(at: number): string {
  const isDayEnd = new Date(at).setHours(23, 59, 59, 999) === at;
  return isDayEnd ? new Intl.DateTimeFormat(undefined, { dateStyle: "medium" }).format(at) : wordsOfMoment(at);
}

/** What was lost, what came back and what did not, in plain sentences. */
export function restoredWords(report: RestoreReport): string {
  const what = list([
    counted(report.sessions, "session"),
    counted(report.turns, "message with its answer", "messages with their answers"),
    counted(report.files, "attached file"),
    counted(report.drafts, "draft"),
    counted(report.queued, "waiting message"),
    counted(report.settings, "setting"),
    counted(report.connections, "connection"),
    counted(report.deleted, "deleted session, still in the trash", "deleted sessions, still in the trash"),
  ]);
  const loss = report.wasLost
    ? "The browser had lost this app’s database."
    : "The browser had dropped what was saved last.";
  const cameBack =
    what === ""
      ? "Nothing could be brought back."
      : `Brought back from the second copy of ${wordsOfMoment(report.copiedUpTo)}: ${what}.`;
  return [loss, cameBack, ...missingWords(report)].join(" ");
}

function missingWords(report: RestoreReport): string[] {
  const words: string[] = [];
  if (report.wasLost) words.push("What was being written at that moment may be missing.");
  if (report.connections > 0) words.push("Keys are never copied: enter them again for your connections.");
  if (report.unreadable > 0) {
    words.push(`${counted(report.unreadable, "record")} could not be read and stayed in the copy.`);
  }
  if (report.conflicts > 0) {
    words.push(
      `${counted(report.conflicts, "session")} had gone on in two ways: what is in the app was left as it is, the other state stayed in the copy.`,
    );
  }
  return words;
}

/** What became of going back. */
export function goneBackWords(gone: GoneBack): string {
  const count = gone.sessionIds.length;
  const words = [
    count === 0
      ? "Nothing was changed: everything is as it was then."
      : `${counted(count, "session")} went back. The state before that is a restore point now.`,
  ];
  if (gone.undeleted > 0)
    words.push(`${counted(gone.undeleted, "of them was deleted", "of them were deleted")} and came back.`);
  if (gone.busy > 0) {
    words.push(
      `${counted(gone.busy, "session", "sessions")} with an unfinished reply stayed: stop or finish it first.`,
    );
  }
  if (gone.unreadable > 0) {
    words.push(`${counted(gone.unreadable, "session")} could not be read in the copy and stayed as it is.`);
  }
  return words.join(" ");
}

function counted(count: number, one: string, many = `${one}s`): string {
  if (count === 0) return "";
  return `${new Intl.NumberFormat().format(count)} ${count === 1 ? one : many}`;
}

function list(parts: readonly string[]): string {
  const said = parts.filter((part) => part !== "");
  return said.length < 2 ? said.join("") : `${said.slice(0, -1).join(", ")} and ${said.at(-1) ?? ""}`;
}
