import type { SessionId } from "#domain/ids.ts";
import type { SessionRow } from "#protocol/commands.ts";
import type { Ui } from "#ui/frame/ui.ts";
import { saveAs } from "#ui/kit/save-as.ts";

/** What can be done with a session from the list. Each is one command; the list changes when the worker says so. */

export async function renameSession({ view }: Ui, sessionId: SessionId, title: string): Promise<void> {
  await view.ask("rename-session", { sessionId, title });
}

export async function pinSession({ view, announcer }: Ui, row: SessionRow): Promise<void> {
  const isPinned = !row.entry.isPinned;
  const done = await view.ask("pin-session", { sessionId: row.entry.sessionId, isPinned });
  if (done !== null) announcer.say(isPinned ? "Pinned." : "Unpinned.");
}

export async function archiveSession(ui: Ui, row: SessionRow): Promise<void> {
  const { sessionId, isArchived, title } = row.entry;
  const reply = await ui.ports.call("archive-session", { sessionId, isArchived: !isArchived });
  if (!reply.ok) ui.view.toasts.show(reply.refusal.message, { tone: "problem" });
  else if (isArchived) ui.announcer.say("Back in the list.");
  else {
    offerUndo(ui, `Archived “${title}”.`, () => {
      void ui.view.ask("archive-session", { sessionId, isArchived: false });
    });
  }
}

/** Deletes at once: asking first is read by nobody, an undo is. */
export async function deleteSession(ui: Ui, row: SessionRow): Promise<boolean> {
  const { sessionId, title } = row.entry;
  const reply = await ui.ports.call("delete-session", { sessionId });
  if (!reply.ok) {
    ui.view.toasts.show(reply.refusal.message, { tone: "problem" });
    return false;
  }
  const wasOpen = ui.view.open.peek()?.sessionId === sessionId;
  if (wasOpen) {
    // The focus has gone to a neighbour in the list already.
    ui.frame.keepFocus();
    ui.frame.go({ kind: "new", text: null });
  }
  ui.view.forgetSession(sessionId);
  offerUndo(ui, `Deleted “${title}”.`, () => {
    void ui.view.ask("undelete-session", { sessionId }).then(() => {
      if (wasOpen) ui.frame.openSession(sessionId);
    });
  });
  return true;
}

export async function exportSession({ view }: Ui, sessionId: SessionId): Promise<void> {
  const file = await view.ask("export-session", { sessionId });
  if (file !== null) saveAs(file.fileName, new Blob([file.text], { type: "text/markdown" }));
}

/** A notice with Undo, which Ctrl+Z does as well. */
function offerUndo(ui: Ui, words: string, run: () => void): void {
  ui.view.toasts.show(words, { action: { label: "Undo", run: ui.frame.offerUndo({ words, run }) } });
}
