import type { ContinuationStyle } from "#providers/provider.ts";

/** Longest repetition that is looked for at a seam, in UTF-16 units. */
const LONGEST_OVERLAP = 200;
/** A shorter repetition counts only where it begins at the start of a word: "the" after "the" may be meant. */
const SURE_OVERLAP = 12;
const SHORTEST_OVERLAP = 4;

/** Takes what a model sends after it was asked to go on, and gives what is new in it. */
export interface SeamFilter {
  /** Text to append now; empty while it is not yet clear whether this repeats what is already there. */
  push(text: string): string;
  /** The rest, once the stream has ended. */
  end(): string;
}

/**
 * Removes what a continued answer repeats. Two things happen in practice: a server without memory sends the whole
 * answer again from its first character, and a model that was told to go on repeats the last words. While the new text
 * could still be one of these it is held back; as soon as it cannot, it flows.
 * A server that takes a prefill goes on exactly, so there only the full restart is looked for.
 */
export function seamFilter(existing: string, style: ContinuationStyle): SeamFilter {
  let held = "";
  let isOpen = existing !== "";

  function release(from: number): string {
    isOpen = false;
    const rest = held.slice(from);
    held = "";
    return rest;
  }

  return {
    push(text) {
      if (!isOpen) return text;
      held += text;
      if (held.length >= existing.length && held.startsWith(existing)) return release(existing.length);
      if (existing.startsWith(held)) return "";
      if (style === "prefill") return release(0);
      return mayStillOverlap(existing, held) ? "" : release(overlap(existing, held));
    },
    end() {
      if (!isOpen) return "";
      // A remainder may look like the beginning (two equal paragraphs): who goes on exactly is believed.
      if (style === "prefill") return release(0);
      if (held.length >= SURE_OVERLAP && existing.startsWith(held)) return release(held.length);
      return release(overlap(existing, held));
    },
  };
}

/** Whether some tail of `existing` that is longer than `held` begins with all of it. */
function mayStillOverlap(existing: string, held: string): boolean {
  const tail = existing.slice(-LONGEST_OVERLAP);
  const at = tail.indexOf(held);
  return at >= 0 && at + held.length < tail.length;
}

/** Length of the longest tail of `existing` that `text` begins with. */
function overlap(existing: string, text: string): number {
  const longest = Math.min(LONGEST_OVERLAP, existing.length, text.length);
  for (let length = longest; length >= SHORTEST_OVERLAP; length--) {
    if (!text.startsWith(existing.slice(-length))) continue;
    if (length >= SURE_OVERLAP || isWordStart(existing, existing.length - length)) return length;
  }
  return 0;
}

function isWordStart(text: string, at: number): boolean {
  return at === 0 || /[\s\p{P}]/u.test(text.charAt(at - 1));
}
