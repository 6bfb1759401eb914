import type { Part } from "#domain/message.ts";
import type { ToolCallPart } from "#domain/tool-call.ts";

import { isOpenByDefault } from "./tool-card.tsx";

/** What is drawn as one: a part, or several finished calls in a row that nobody needs to look at. */
export type PartGroup =
  | { readonly kind: "part"; readonly part: Part; readonly index: number }
  | { readonly kind: "steps"; readonly calls: readonly ToolCallPart[]; readonly index: number };

/** Fewer are not worth hiding. */
const FOLDED_FROM_CALLS = 3;

/**
 * Folds runs of calls that went well and show nothing of their own. Failures, denials and questions stay in sight, and so
 * does the last run of calls while the answer is still being made.
 */
export function groupParts(parts: readonly Part[], isLive: boolean): readonly PartGroup[] {
  const groups: PartGroup[] = [];
  let row: ToolCallPart[] = [];
  const close = (end: number) => {
    const from = end - row.length;
    const isAtLiveEnd = isLive && end === parts.length;
    if (row.length >= FOLDED_FROM_CALLS && !isAtLiveEnd) groups.push({ kind: "steps", calls: row, index: from });
    else row.forEach((part, offset) => groups.push({ kind: "part", part, index: from + offset }));
    row = [];
  };
  parts.forEach((part, index) => {
    if (part.kind === "tool-call" && part.state === "done" && !isOpenByDefault(part)) {
      row.push(part);
      return;
    }
    close(index);
    groups.push({ kind: "part", part, index });
  });
  close(parts.length);
  return groups;
}
