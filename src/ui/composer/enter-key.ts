/** What the composer needs to know of a key press: the fields of a KeyboardEvent, so that orders of events can be replayed. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly keyCode: number;
  readonly isComposing: boolean;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** Legacy code of a key that the input method has taken. */
const TAKEN_BY_INPUT_METHOD = 229;

/**
 * Whether a key belongs to the input method (Japanese, Chinese, Korean …) and not to the composer. Safari ends the
 * composition before the Enter that confirmed it, so `isComposing` is already false there and only 229 is left;
 * `justComposed` covers engines that report neither. Without this, choosing a word sends the message.
 */
export function isForInputMethod(press: KeyPress, justComposed: boolean): boolean {
  return press.isComposing || press.keyCode === TAKEN_BY_INPUT_METHOD || justComposed;
}

export interface EnterRules {
  /** The setting: Enter sends, or only Ctrl+Enter does. */
  readonly enterSends: boolean;
  /** A device with nothing but a touch screen: its Enter adds a line, the button sends. */
  readonly isTouchOnly: boolean;
  /** Whether a press without `code` comes from a keyboard on the screen; not so on Apple's, which always give one. */
  readonly onScreenKeysHaveCode: boolean;
}

export type EnterMeaning = "send" | "stop-and-send" | "new-line" | "not-enter";

/** What a key press that is not the input method's means for the message. `new-line` is left to the browser. */
export function meaningOfEnter(press: KeyPress, rules: EnterRules): EnterMeaning {
  if (press.key !== "Enter") return "not-enter";
  const isCommand = press.ctrlKey || press.metaKey;
  if (isCommand) return press.shiftKey ? "stop-and-send" : "send";
  if (press.shiftKey || press.altKey) return "new-line";
  if (press.code === "NumpadEnter") return "send";
  if (!rules.enterSends) return "new-line";
  if (!rules.isTouchOnly) return "send";
  // A keyboard that is plugged into a tablet names its keys; the one on the screen does not.
  return press.code === "Enter" && !rules.onScreenKeysHaveCode ? "send" : "new-line";
}
