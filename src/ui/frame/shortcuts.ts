import { stopRun } from "#ui/composer/composer-actions.ts";
import { isForInputMethod } from "#ui/composer/enter-key.ts";
import { groupRows, needsYou } from "#ui/session-list/groups.ts";

import type { Shortcut } from "./keyboard.ts";
import { shortcutOf } from "./keyboard.ts";
import { moveToRegion } from "./regions.ts";
import type { Ui } from "./ui.ts";

/**
 * The keys that work everywhere. One listener; parts that use a key themselves stop it on its way here. Returns the way to
 * end it.
 */
export function listenForShortcuts(ui: Ui): () => void {
  const listen = (event: KeyboardEvent) => {
    if (event.defaultPrevented || isForInputMethod(event, false)) return;
    if (event.key === "Escape") {
      escape(event);
      return;
    }
    const shortcut = shortcutOf(event, { isInTextField: isTextField(event.target) });
    // A modal dialog has the page to itself.
    if (shortcut === null || isBehindDialog(shortcut, ui)) return;
    if (perform(shortcut, ui)) event.preventDefault();
  };
  document.addEventListener("keydown", listen);
  return () => document.removeEventListener("keydown", listen);
}

/** Performs it. False: it meant nothing here and the key is the browser's. */
function perform(shortcut: Shortcut, ui: Ui): boolean {
  const { frame, ports, view } = ui;
  switch (shortcut) {
    case "new-session":
      frame.newSession();
      return true;
    case "search-sessions":
      frame.show("side");
      requestAnimationFrame(() => document.querySelector<HTMLInputElement>("#session-search")?.select());
      return true;
    case "toggle-side":
      frame.toggle("side");
      return true;
    case "toggle-workspace":
      frame.toggle("workspace");
      return true;
    case "open-settings":
      frame.go({ kind: "settings", section: null });
      return true;
    case "open-help":
      frame.setHelpOpen(true);
      return true;
    case "next-region":
      return moveToRegion(1);
    case "previous-region":
      return moveToRegion(-1);
    case "next-need":
      return goToNeed(ui, 1);
    case "previous-need":
      return goToNeed(ui, -1);
    case "focus-composer":
      focusComposerNow();
      return true;
    case "stop-run": {
      const open = view.open.peek();
      if (open === null || !open.isRunning.peek()) return false;
      void stopRun(ui, open.sessionId);
      return true;
    }
    case "previous-session":
      return goToSession(ui, -1);
    case "next-session":
      return goToSession(ui, 1);
    case "rename":
      if (view.open.peek()?.session.peek() == null || ports.route.peek().kind !== "session") return false;
      frame.setRenaming(true);
      return true;
    case "undo":
      return frame.undoLast();
  }
}

/** The last rungs of Escape's ladder: from the conversation to the message box. Popups and fields take theirs first. */
function escape(event: KeyboardEvent): void {
  const { target } = event;
  if (!(target instanceof Element) || target.closest("[data-testid=transcript]") === null) return;
  event.preventDefault();
  focusComposerNow();
}

function focusComposerNow(): void {
  document.querySelector<HTMLElement>("#composer")?.focus();
}

/** What waits for a decision: first in the session on screen, then the other sessions under "Needs you". */
function goToNeed(ui: Ui, direction: 1 | -1): boolean {
  const here = [...document.querySelectorAll<HTMLElement>("[data-needs-you]")];
  const current = here.findIndex((need) => need.contains(document.activeElement));
  const next = here[current === -1 ? (direction === 1 ? 0 : here.length - 1) : current + direction];
  if (next !== undefined) {
    focusNeed(next);
    return true;
  }
  const open = ui.view.open.peek()?.sessionId;
  const rows = ui.view.list.rows.peek().filter((row) => needsYou(row) && row.entry.sessionId !== open);
  const row = direction === 1 ? rows[0] : rows.at(-1);
  if (row === undefined) return false;
  ui.frame.keepFocus();
  ui.frame.openSession(row.entry.sessionId);
  return true;
}

function focusNeed(need: HTMLElement): void {
  const target = need.querySelector<HTMLElement>("[tabindex='-1'], h2, h3") ?? need;
  if (!target.hasAttribute("tabindex")) target.tabIndex = -1;
  target.focus();
  target.scrollIntoView({ block: "nearest" });
}

function goToSession(ui: Ui, direction: 1 | -1): boolean {
  const rows = groupRows(
    ui.view.list.rows.peek().filter((row) => !row.entry.isArchived),
    ui.ports.now(),
  ).flatMap((group) => group.rows);
  const current = rows.findIndex((row) => row.entry.sessionId === ui.view.open.peek()?.sessionId);
  const row = current === -1 ? rows[0] : rows[current + direction];
  if (row === undefined) return false;
  ui.frame.openSession(row.entry.sessionId);
  return true;
}

function isTextField(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=button])") !==
      null
  );
}

function isBehindDialog(shortcut: Shortcut, { frame }: Ui): boolean {
  if (document.querySelector("dialog:modal") === null) return false;
  // What opened a drawer also closes it.
  return !(
    frame.drawer.peek() !== null &&
    (shortcut === "toggle-side" ||
      shortcut === "toggle-workspace" ||
      shortcut === "new-session" ||
      shortcut === "search-sessions")
  );
}
