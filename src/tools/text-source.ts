import * as v from "valibot";
import { ToolRefusal } from "./define-tool.ts";
import type { Workspace } from "./tool.ts";
import { WorkspaceError } from "./tool.ts";

/** Bytes of a text that tools take: enough for a log or a book, little enough to compute with at once. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;

/** Characters of a result that a model reads at once. The value holds all of it. */
export const MAX_SHOWN_CHARS = 20_000;

/** The fields of a tool that takes a text or a file. */
export const textSource = { text: v.optional(v.string()), path: v.optional(v.string()) };

export interface TextSource {
  readonly text?: string | undefined;
  readonly path?: string | undefined;
}

/** Sentence of `isOneSource`. */
export const ONE_SOURCE = 'give exactly one of "text" (the text itself) and "path" (a workspace file).';

export function isOneSource(input: TextSource): boolean {
  return (input.text === undefined) !== (input.path === undefined);
}

/** The text that a call is about. Throws ToolRefusal or WorkspaceError with what to do. */
export async function readSource(input: TextSource, workspace: Workspace): Promise<string> {
  if (input.path !== undefined) return readTextFile(workspace, input.path);
  return limited(input.text ?? "");
}

function limited(text: string): string {
  if (text.length > MAX_TEXT_BYTES) throw new ToolRefusal(tooLong("The text"));
  return text;
}

export async function readTextFile(workspace: Workspace, path: string): Promise<string> {
  const bytes = await workspace.read(path);
  if (bytes.length > MAX_TEXT_BYTES) throw new ToolRefusal(tooLong(path));
  const text = decodeText(bytes);
  if (text === null) throw new ToolRefusal(`${path} is not a text file, so it cannot be read as text.`);
  return text;
}

function tooLong(what: string): string {
  return `${what} is longer than ${String(MAX_TEXT_BYTES / 1024 / 1024)} MB, which is more than a tool takes at once.`;
}

/** Null where there is no such file; the same refusals as readTextFile else. */
export async function readTextFileOrNull(workspace: Workspace, path: string): Promise<string | null> {
  try {
    return await readTextFile(workspace, path);
  } catch (error) {
    if (error instanceof WorkspaceError && error.code === "not-found") return null;
    throw error;
  }
}

/** Text of a file's bytes: UTF-8, or UTF-16 where a byte order mark says so. Null for what is not text. */
export function decodeText(bytes: Uint8Array): string | null {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    // Not valid in that encoding: the caller says that this is no text file.
    return null;
  }
}

/** Lines without their ends. A newline at the end makes no extra line; an empty text has none. */
export function splitLines(text: string): string[] {
  if (text === "") return [];
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Shortens what a model reads and says so. Never cuts a character in half. */
export function shownText(text: string, limit = MAX_SHOWN_CHARS): string {
  if (text.length <= limit) return text;
  const kept = text.slice(0, limit).replace(/[\ud800-\udbff]$/, "");
  const rest = text.length - kept.length;
  return `${kept}\n… ${grouped(rest)} more characters. The result holds all of it; put it into a file to read the rest.`;
}

/** 1234567 → "1,234,567". */
export function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

/** "1 line", "2 lines". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : plural}`;
}
