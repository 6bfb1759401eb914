import type { SessionId } from "#domain/ids.ts";
import type { Session } from "#domain/session.ts";
import { turnStatus, type Turn } from "#domain/turn.ts";
import type { CommandResult } from "#protocol/commands.ts";
import type { Database } from "#storage/database.ts";
import { readPath, readSession } from "#storage/session-store.ts";

import { fileNameOf } from "./file-name.ts";
import { Refused } from "./refusals.ts";

/** Turns that one export holds: all of any session that a person wrote. */
const TURNS_IN_EXPORT = 100_000;

/** A session as a file. `unsaved`: a turn as it is in memory, where the device has not taken it yet. */
export async function exportSession(
  db: Database,
  sessionId: SessionId,
  unsaved: Turn | null,
): Promise<CommandResult<"export-session">> {
  const session = await readSession(db, sessionId);
  if (session === null) throw new Refused("not-found", "This session is not on this device.");
  const { turns } = await readPath(db, sessionId, session.head, TURNS_IN_EXPORT);
  const newest = turns.map((turn) => (turn.seq === unsaved?.seq ? unsaved : turn));
  return { fileName: `${fileNameOf(session.title)}.md`, text: sessionAsMarkdown(session, newest) };
}

/** The session as one Markdown text: what was asked and answered, no reasoning, no tool logs. */
function sessionAsMarkdown(session: Session, turns: readonly Turn[]): string {
  const blocks = turns.flatMap((turn) => {
    const files = turn.user.attachments.map((file) => `- ${file.name}`).join("\n");
    const answer = turn.parts.flatMap((part) => (part.kind === "text" ? [part.text] : [])).join("\n\n");
    const status = turnStatus(turn);
    const ending = status === "completed" ? "" : `\n\n*This answer is not complete (${status}).*`;
    return [`## You\n\n${turn.user.text}${files === "" ? "" : `\n\n${files}`}`, `## Assistant\n\n${answer}${ending}`];
  });
  return `# ${session.title}\n\n${blocks.join("\n\n")}\n`;
}
