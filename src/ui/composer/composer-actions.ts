import type { SessionId } from "#domain/ids.ts";
import type { Ui } from "#ui/frame/ui.ts";

import type { Composer, SendResult } from "./composer-state.ts";

/** Sends what is in the composer. With `text`, sends that instead and leaves the composer as it is. */
export async function sendFrom(ui: Ui, composer: Composer, text?: string): Promise<SendResult> {
  const { view, frame, announcer } = ui;
  const open = view.open.peek();
  const isNew = open?.sessionId === composer.sessionId && open.session.peek() === null;
  const sending = composer.send(isNew ? frame.newSessionModel.peek() : null, text);
  if (composer.sending.peek() !== null) frame.nameInAddress(composer.sessionId);
  const result = await sending;
  switch (result) {
    case "sent":
      announcer.say("Sent.");
      await afterFirstMessage(ui);
      break;
    case "queued":
      announcer.say("Queued.");
      break;
    case "refused":
      announcer.say(composer.trouble.peek() ?? "Not sent.", "high");
      break;
    case "nothing-to-send":
  }
  return result;
}

export async function stopRun(ui: Ui, sessionId: SessionId): Promise<void> {
  const done = await ui.view.ask("stop-run", { sessionId });
  if (done !== null) ui.announcer.say("Stopped.");
}

/** Stop first: what is sent then finds no run, and is answered next. */
export async function stopAndSend(ui: Ui, composer: Composer): Promise<void> {
  const { sessionId } = composer;
  const stopped = await ui.view.ask("stop-run", { sessionId });
  if (stopped === null) return;
  // Still ending when the message arrived: then it waits in a queue that the stop has paused.
  if ((await sendFrom(ui, composer)) === "queued") await ui.view.ask("resume-queue", { sessionId });
}

/** Once in the life of this storage: now there is something to keep, so the browser is asked to keep it. */
async function afterFirstMessage({ ports, view, frame }: Ui): Promise<void> {
  ports.requestPersistence();
  if (view.settings.peek()?.hasSeenStorageNote !== false) return;
  frame.showStorageNote(true);
  await view.changeSettings({ hasSeenStorageNote: true });
}
