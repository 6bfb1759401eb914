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

export interface ShortcutRow {
  readonly keys: readonly string[];
  readonly action: string;
}

export interface ShortcutGroup {
  readonly heading: string;
  readonly rows: readonly ShortcutRow[];
}

/** The help's table. `command`: how this device calls the key, "Ctrl" or "⌘". */
export function shortcutTable(command: string): readonly ShortcutGroup[] {
  return [
    {
      heading: "Anywhere",
      rows: [
        { keys: [`${command}+Shift+O`], action: "New session" },
        { keys: [`${command}+Shift+F`], action: "Search sessions" },
        { keys: [`${command}+B`], action: "Show or hide the session list" },
        { keys: [`${command}+\\`], action: "Show or hide the workspace" },
        { keys: [`${command}+,`], action: "Settings" },
        { keys: [`${command}+/`], action: "This list" },
        { keys: ["F6", "Shift+F6"], action: "Next or previous region" },
        { keys: ["F8", "Shift+F8"], action: "Next or previous thing that needs you" },
        { keys: ["F2"], action: "Rename the session" },
        { keys: [`${command}+.`], action: "Stop the run" },
        { keys: ["Alt+Shift+↑", "Alt+Shift+↓"], action: "Previous or next session" },
        { keys: ["/"], action: "Go to the message box" },
        { keys: [`${command}+Z`], action: "Undo the last delete" },
        { keys: ["Esc"], action: "Close, cancel, back to the message box, then stop the run" },
      ],
    },
    {
      heading: "Message box",
      rows: [
        { keys: ["Enter"], action: "Send, or queue while the agent works (see Settings)" },
        { keys: ["Shift+Enter"], action: "New line" },
        { keys: [`${command}+Enter`], action: "Send, always" },
        { keys: [`${command}+Shift+Enter`], action: "Stop and send" },
        { keys: ["↑", "↓"], action: "Recall sent messages, in an empty box" },
        { keys: [`${command}+↑`], action: "Edit the last message" },
      ],
    },
    {
      heading: "Session list",
      rows: [
        { keys: ["↑", "↓", "Home", "End"], action: "Move; letters jump to a title" },
        { keys: ["Enter"], action: "Open; once more goes to the message box" },
        { keys: ["F2"], action: "Rename" },
        { keys: ["P"], action: "Pin or unpin" },
        { keys: ["Delete"], action: "Delete, with undo" },
        { keys: ["Shift+F10"], action: "All actions" },
      ],
    },
  ];
}
