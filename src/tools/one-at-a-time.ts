import type { SessionId } from "#domain/ids.ts";
import type { ToolContext } from "./tool.ts";

/** The last change of each session's files that is under way. Empty when nothing is. */
const lastChanges = new Map<SessionId, Promise<unknown>>();

/**
 * Runs changes of one session's files one after the other. A model may call several tools at once: two that read,
 * change and write the same file side by side would lose one of the changes. A change that was stopped while it waited
 * does not begin.
 */
export async function oneAtATime<T>(context: ToolContext, work: () => Promise<T>): Promise<T> {
  const { sessionId, signal } = context;
  const change = () => {
    signal.throwIfAborted();
    return work();
  };
  const before = lastChanges.get(sessionId) ?? Promise.resolve();
  const mine = before.then(change, change);
  lastChanges.set(sessionId, mine);
  try {
    return await mine;
  } finally {
    if (lastChanges.get(sessionId) === mine) lastChanges.delete(sessionId);
  }
}
