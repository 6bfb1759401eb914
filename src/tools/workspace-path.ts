import { WorkspaceError } from "./tool.ts";

/** Characters of a whole path. Long enough for anybody's folders, short enough for a card and a key. */
const MAX_PATH_CHARS = 512;

/**
 * Control characters break lists and headers; the bidirectional controls make `gpj.exe` read as `exe.jpg`; the line
 * separators break a path shown on one line.
 */
const FORBIDDEN = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\\]/u;

/**
 * The one spelling of a path: NFC, so that "é" typed on two systems is one file; case is kept and matters.
 * Throws WorkspaceError `bad-path` with a sentence that says what to write instead.
 */
export function normalisePath(path: string): string {
  const reason = whatIsWrong(path);
  if (reason !== null) {
    throw new WorkspaceError(
      "bad-path",
      `${reason} Write a plain path inside the workspace, such as notes.md or lists/packing.md.`,
    );
  }
  return path.normalize("NFC");
}

function whatIsWrong(path: string): string | null {
  if (path === "") return "The path is empty.";
  if (path.length > MAX_PATH_CHARS) return `The path is longer than ${String(MAX_PATH_CHARS)} characters.`;
  if (!path.isWellFormed()) return "The path holds half of a character (a lone surrogate).";
  if (path.includes("\\")) return "The path holds a backslash; folders are divided by /.";
  if (FORBIDDEN.test(path)) return "The path holds a control character or one that changes the reading direction.";
  if (path.startsWith("/")) return "The path begins with /.";
  const segments = path.split("/");
  if (segments.includes("")) return "The path holds an empty folder name (// or a / at the end).";
  if (segments.some((segment) => segment === "." || segment === ".."))
    return "The path holds . or .. as a folder name.";
  if (segments.some((segment) => segment !== segment.trim())) {
    return "A name in the path begins or ends with a space.";
  }
  return null;
}

export function notFound(path: string): WorkspaceError {
  return new WorkspaceError(
    "not-found",
    `There is no file ${path} in the workspace. list_files names those there are.`,
  );
}

export function alreadyThere(path: string): WorkspaceError {
  return new WorkspaceError(
    "exists",
    `There is already a file ${path}. Choose another name, or delete that one first.`,
  );
}

/** Order of a file list: by path, code unit by code unit, so that it is the same on every device. */
export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
