/**
 * Walking back through sent messages with Up and Down. It begins only in an empty composer and ends as soon as the text
 * is changed: recall that fires on a text somebody is writing looks as if the text were gone.
 */
export interface Recall {
  /** 0 is the newest; null: not recalling. */
  readonly at: number | null;
}

export const NOT_RECALLING: Recall = { at: null };

/** `sent`: oldest first. Returns null where the key means nothing here and belongs to the browser. */
export function recallStep(
  recall: Recall,
  direction: "up" | "down",
  sent: readonly string[],
  text: string,
): { readonly recall: Recall; readonly text: string } | null {
  const newestFirst = sent.toReversed();
  if (recall.at === null) {
    const newest = newestFirst[0];
    return direction === "up" && text === "" && newest !== undefined ? { recall: { at: 0 }, text: newest } : null;
  }
  if (text !== newestFirst[recall.at]) return null;
  const next = direction === "up" ? recall.at + 1 : recall.at - 1;
  if (next < 0) return { recall: NOT_RECALLING, text: "" };
  const recalled = newestFirst[next];
  return recalled === undefined ? { recall, text } : { recall: { at: next }, text: recalled };
}
