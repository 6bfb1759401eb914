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
