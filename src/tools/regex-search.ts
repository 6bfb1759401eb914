import type { RegexMatches, RegexSearch } from "./regex-match.ts";
import { searchTexts } from "./regex-match.ts";
import { isKnownShort } from "./regex-cost.ts";
import type { SideWorker } from "./side-worker.ts";
import type { ToolContext } from "./tool.ts";

/** A pattern that is wrong, or takes too long. The message is a sentence for its author. */
export class RegexRefusal extends Error {
  override readonly name = "RegexRefusal";
}

/** Long enough for any pattern that is meant to end, short enough to wait for. */
const LIMIT_MS = 2000;

const TOO_LONG = `The pattern took longer than ${String(LIMIT_MS / 1000)} seconds and was stopped. It likely repeats something that repeats, as in (a+)+.`;

/**
 * Finds matches of an untrusted pattern. No engine lets a search be ended, and a pattern such as `(a+)+$` on forty
 * letters outlasts the day, so it runs in a worker of its own that is ended after two seconds. Where none is to be had (no
 * page is open, tests in Node), only searches run whose number of steps has a bound that is small.
 */
export async function findMatches(
  search: RegexSearch,
  { signal, startWorker }: Pick<ToolContext, "signal" | "startWorker">,
): Promise<RegexMatches> {
  signal.throwIfAborted();
  checkPattern(search.pattern, search.flags);
  if (isKnownShort(search)) return searchTexts(search);
  const worker = await startWorker(await addressOfWorker());
  if (worker === null) {
    throw new RegexRefusal(
      "This pattern could take very long on this text: a repetition inside a repetition, or too much text for it. Make it simpler or the text shorter.",
    );
  }
  return searchInWorker(worker, search, signal);
}

function checkPattern(pattern: string, flags: string): void {
  try {
    RegExp(pattern, flags);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new RegexRefusal(`This is no valid JavaScript regular expression: ${error.message}`);
  }
}

async function searchInWorker(worker: SideWorker, search: RegexSearch, signal: AbortSignal): Promise<RegexMatches> {
  const ended = new AbortController();
  try {
    return await new Promise<RegexMatches>((resolve, reject) => {
      const timer = setTimeout(() => reject(new RegexRefusal(TOO_LONG)), LIMIT_MS);
      ended.signal.addEventListener("abort", () => clearTimeout(timer));
      signal.addEventListener("abort", () => reject(signal.reason as Error), { signal: ended.signal });
      worker.listen(
        (matches) => resolve(matches as RegexMatches),
        (reason) => reject(new RegexRefusal(`The search failed: ${reason}`)),
      );
      worker.post(search);
    });
  } finally {
    ended.abort();
    worker.end();
  }
}

async function addressOfWorker(): Promise<string> {
  // Vite builds the file as a program of its own and gives its address.
  const { default: address } = await import("./regex-worker.ts?worker&url");
  return new URL(address, import.meta.url).href;
}
