import * as v from "valibot";
import type { SessionId } from "#domain/ids.ts";
import { isIdShaped, readId } from "#domain/ids.ts";
import { ToolRefusal } from "./define-tool.ts";
import { readSource, textSource } from "./text-source.ts";
import type { ToolContext } from "./tool.ts";

/** The fields of a tool that takes a text, a file or a session. */
export const anySource = { ...textSource, sessionId: v.optional(v.string()) };

export interface AnySource {
  readonly text?: string | undefined;
  readonly path?: string | undefined;
  readonly sessionId?: string | undefined;
}

export const ONE_OF_THREE = 'give exactly one of "text", "path" (a workspace file) and "sessionId".';

export function isOneOfThree(input: AnySource): boolean {
  return [input.text, input.path, input.sessionId].filter((source) => source !== undefined).length === 1;
}

/** Throws ToolRefusal or WorkspaceError with what to do. */
export async function readAnySource(input: AnySource, context: ToolContext): Promise<string> {
  if (input.sessionId === undefined) return readSource(input, context.workspace);
  const text = isIdShaped(input.sessionId) ? await context.sessions.text(readId<SessionId>(input.sessionId)) : null;
  if (text === null)
    throw new ToolRefusal("There is no session with this id. search_sessions gives the ids of sessions.");
  return text;
}
