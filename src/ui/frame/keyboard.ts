/** What the map needs of a key event. */
export interface KeyStroke {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

export type Shortcut =
  | "new-session"
  | "search-sessions"
  | "toggle-side"
  | "toggle-workspace"
  | "open-settings"
  | "open-help"
  | "next-region"
  | "previous-region"
  | "next-need"
  | "previous-need"
  | "focus-composer"
  | "stop-run"
  | "previous-session"
  | "next-session"
  | "rename"
  | "undo";

/** Where the focus is. Single keys and those that edit text mean something else in a text field. */
export interface KeyPlace {
  readonly isInTextField: boolean;
}

/**
 * The keys that work everywhere. Letters are matched by what they type and not by where they are on the keyboard, so
 * the map holds on every layout. Keys that browsers keep for themselves (Ctrl+N, T, W, Shift+N, Shift+P) are not here.
 */
export function shortcutOf(stroke: KeyStroke, place: KeyPlace): Shortcut | null {
  const key = stroke.key.length === 1 ? stroke.key.toLowerCase() : stroke.key;
  if (key === "F6") return stroke.shiftKey ? "previous-region" : "next-region";
  if (key === "F8") return stroke.shiftKey ? "previous-need" : "next-need";
  if (stroke.altKey && stroke.shiftKey && !stroke.ctrlKey && !stroke.metaKey && !place.isInTextField) {
    if (key === "ArrowUp") return "previous-session";
    if (key === "ArrowDown") return "next-session";
  }
  if (stroke.altKey) return null;
  if (stroke.ctrlKey || stroke.metaKey) return withCommandKey(key, stroke.shiftKey, place);
  if (key === "F2") return "rename";
  return key === "/" && !place.isInTextField ? "focus-composer" : null;
}

function withCommandKey(key: string, isShifted: boolean, place: KeyPlace): Shortcut | null {
  switch (key) {
    case "o":
      return isShifted ? "new-session" : null;
    case "f":
      return isShifted ? "search-sessions" : null;
    case "b":
      return isShifted ? null : "toggle-side";
    case "\\":
      return "toggle-workspace";
    case ",":
      return "open-settings";
    // On some layouts the slash is typed with Shift.
    case "/":
      return "open-help";
    case ".":
      return "stop-run";
    case "z":
      return isShifted || place.isInTextField ? null : "undo";
    default:
      return null;
  }
}

/** The index that F6 goes to, in a list of `count` regions; null: past the end, which is the browser's own part. */
export function nextRegion(current: number, count: number, direction: 1 | -1): number | null {
  if (count === 0) return null;
  if (current === -1) return direction === 1 ? 0 : count - 1;
  const next = current + direction;
  return next < 0 || next >= count ? null : next;
}
