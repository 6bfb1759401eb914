import type { RefObject } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";

import type { Ui } from "#ui/frame/ui.ts";

import { sendFrom, stopAndSend, stopRun } from "./composer-actions.ts";
import type { Composer } from "./composer-state.ts";
import type { EnterRules } from "./enter-key.ts";
import { isForInputMethod, meaningOfEnter } from "./enter-key.ts";
import { attachFiles } from "./files.ts";
import { meaningOfPaste } from "./paste.ts";
import type { Recall } from "./recall.ts";
import { NOT_RECALLING, recallStep } from "./recall.ts";

interface MessageBoxProps {
  readonly ui: Ui;
  readonly composer: Composer;
  readonly isUsable: boolean;
  /** The session could not be opened. */
  readonly isGone: boolean;
}

/** The text field: grows with its text, sends by the rules of enter-key.ts, takes pastes apart. */
export function MessageBox({ ui, composer, isUsable, isGone }: MessageBoxProps) {
  const box = useRef<HTMLTextAreaElement>(null);
  const keys = useMemo(() => new KeyState(), []);
  const { text } = composer.draft.value;
  useAutosize(box, text);
  useFocusWish(ui, box, isUsable);
  const isReadOnly = ui.ports.isReadOnly.value;
  return (
    <>
      <textarea
        ref={box}
        id="composer"
        data-testid="composer"
        aria-label="Message"
        class="message-box"
        rows={1}
        dir="auto"
        placeholder={placeholder(isUsable || isReadOnly, isGone)}
        enterkeyhint={rulesFor(ui).isTouchOnly ? "enter" : "send"}
        disabled={!isUsable && !isReadOnly}
        readOnly={isReadOnly}
        aria-disabled={isReadOnly ? true : undefined}
        value={text}
        onInput={(event) => {
          composer.setText(event.currentTarget.value);
          ui.frame.nameInAddress(composer.sessionId);
        }}
        onBlur={() => {
          keys.leave();
          composer.flush();
        }}
        onCompositionEnd={() => keys.endComposition()}
        onKeyDown={(event) => onKey(event, { ui, composer, keys })}
        onPaste={(event) => onPaste(event, ui, composer)}
      />
    </>
  );
}

function placeholder(isWritable: boolean, isGone: boolean): string {
  if (isWritable) return "Ask something or describe a task";
  return isGone ? "Nothing can be sent here now" : "Starting…";
}

/** What one key press leaves for the next. */
class KeyState {
  justComposed = false;
  recall: Recall = NOT_RECALLING;

  /** Safari's confirming Enter comes in the same task as the end of the composition. */
  endComposition(): void {
    this.justComposed = true;
    setTimeout(() => this.leave());
  }

  leave(): void {
    this.justComposed = false;
  }
}

interface KeyContext {
  readonly ui: Ui;
  readonly composer: Composer;
  readonly keys: KeyState;
}

function onKey(event: KeyboardEvent, { ui, composer, keys }: KeyContext): void {
  if (isForInputMethod(event, keys.justComposed)) return;
  switch (meaningOfEnter(event, rulesFor(ui))) {
    case "send":
      event.preventDefault();
      void sendFrom(ui, composer);
      return;
    case "stop-and-send":
      event.preventDefault();
      void (ui.view.isRunning.peek() ? stopAndSend(ui, composer) : sendFrom(ui, composer));
      return;
    case "new-line":
      return;
    case "not-enter":
  }
  if (event.key === "Escape" && ui.view.isRunning.peek() && !event.defaultPrevented) {
    event.preventDefault();
    event.stopPropagation();
    void stopRun(ui, composer.sessionId);
    return;
  }
  if (event.key === "ArrowUp" || event.key === "ArrowDown") onArrow(event, { ui, composer, keys });
}

function onArrow(event: KeyboardEvent, { ui, composer, keys }: KeyContext): void {
  if (event.shiftKey || event.altKey) return;
  const open = ui.view.open.peek();
  if (open === null) return;
  if (event.ctrlKey || event.metaKey) {
    if (event.key === "ArrowUp" && editLastMessage()) event.preventDefault();
    return;
  }
  const sent = open.turnSeqs.peek().flatMap((seq) => open.turn(seq)?.peek().user.text ?? []);
  const step = recallStep(keys.recall, event.key === "ArrowUp" ? "up" : "down", sent, composer.draft.peek().text);
  if (step === null) {
    keys.recall = NOT_RECALLING;
    return;
  }
  event.preventDefault();
  keys.recall = step.recall;
  composer.setText(step.text);
}

/** The message is edited in its place, in the transcript. False: there is none. */
function editLastMessage(): boolean {
  const edits = [
    ...document.querySelectorAll<HTMLElement>("[data-testid=transcript] [data-role=user] [data-action=edit]"),
  ];
  edits.at(-1)?.click();
  return edits.length > 0;
}

function onPaste(event: ClipboardEvent, ui: Ui, composer: Composer): void {
  const files = [...(event.clipboardData?.files ?? [])];
  const text = event.clipboardData?.getData("text/plain") ?? "";
  switch (meaningOfPaste({ text, fileCount: files.length }).kind) {
    case "text":
      return;
    case "files":
      event.preventDefault();
      void attachFiles(ui, composer, files);
      return;
    case "text-then-offer-files":
      ui.view.toasts.show("The text was pasted.", {
        action: { label: "Attach the image too", run: () => void attachFiles(ui, composer, files) },
      });
      return;
    case "text-as-file":
      event.preventDefault();
      ui.frame.nameInAddress(composer.sessionId);
      void composer.addPastedText(text);
      ui.announcer.say("The long text was attached as a file.");
  }
}

const TOUCH_ONLY = "(pointer: coarse) and (not (any-pointer: fine))";

function rulesFor({ view }: Ui): EnterRules {
  return {
    enterSends: view.settings.peek()?.enterSends ?? true,
    isTouchOnly: matchMedia(TOUCH_ONLY).matches,
    onScreenKeysHaveCode: /Mac|iP(hone|ad)/.test(navigator.platform),
  };
}

/** Where the browser cannot size a field by its content, its height follows the text. */
function useAutosize(ref: RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    const box = ref.current;
    if (box === null || CSS.supports("field-sizing", "content")) return;
    box.style.height = "auto";
    box.style.height = `${String(box.scrollHeight)}px`;
  }, [ref, text]);
}

/** Takes the focus when it is wished for and the field can be written in. Not on touch: it would open the keyboard. */
function useFocusWish({ frame }: Ui, ref: RefObject<HTMLTextAreaElement | null>, isUsable: boolean): void {
  const wish = frame.composerWish.value;
  // Before the paint: the first key that is pressed when the field looks ready is already its own.
  useLayoutEffect(() => {
    if (!isUsable || matchMedia(TOUCH_ONLY).matches) return;
    if (frame.takeComposerWish(wish)) ref.current?.focus({ preventScroll: true });
  }, [frame, ref, wish, isUsable]);
}
