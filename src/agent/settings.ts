import { readId, type ConnectionId } from "#domain/ids.ts";
import type { JsonObject } from "#domain/json.ts";
import { BUILT_IN_MODEL, type ModelRef } from "#domain/model.ts";
import type { Settings } from "#protocol/commands.ts";

/** Steps after which a run asks before it goes on: more than a real task needs, less than a loop costs. */
const STEP_LIMIT = 40;

const DEFAULTS: Settings = {
  theme: "system",
  defaultModel: BUILT_IN_MODEL,
  continueAfterInterruption: "when-safe",
  enterSends: true,
  stepLimit: STEP_LIMIT,
  announceReplies: "when-finished",
  hasSeenIntro: false,
  hasSeenStorageNote: false,
};

/** Stored settings over the defaults. What does not fit (an older or broken value) falls back, key by key. */
export function settingsFrom(stored: JsonObject): Settings {
  return {
    theme: oneOf(stored["theme"], ["system", "light", "dark"]) ?? DEFAULTS.theme,
    defaultModel: modelFrom(stored["defaultModel"]) ?? DEFAULTS.defaultModel,
    continueAfterInterruption:
      oneOf(stored["continueAfterInterruption"], ["when-safe", "ask"]) ?? DEFAULTS.continueAfterInterruption,
    enterSends: flag(stored["enterSends"]) ?? DEFAULTS.enterSends,
    stepLimit: stepLimitFrom(stored["stepLimit"]),
    announceReplies:
      oneOf(stored["announceReplies"], ["when-finished", "start-and-end", "off"]) ?? DEFAULTS.announceReplies,
    hasSeenIntro: flag(stored["hasSeenIntro"]) ?? DEFAULTS.hasSeenIntro,
    hasSeenStorageNote: flag(stored["hasSeenStorageNote"]) ?? DEFAULTS.hasSeenStorageNote,
  };
}

function oneOf<const Value extends string>(stored: unknown, allowed: readonly Value[]): Value | undefined {
  return allowed.find((value) => value === stored);
}

function flag(stored: unknown): boolean | undefined {
  return typeof stored === "boolean" ? stored : undefined;
}

function stepLimitFrom(stored: unknown): number {
  return typeof stored === "number" && Number.isInteger(stored) && stored >= 1 && stored <= 1000 ? stored : STEP_LIMIT;
}

function modelFrom(stored: JsonObject[string] | undefined): ModelRef | undefined {
  if (typeof stored !== "object" || stored === null || !("provider" in stored)) return undefined;
  if (stored["provider"] === "built-in") return BUILT_IN_MODEL;
  const connectionId = "connectionId" in stored ? stored["connectionId"] : null;
  const model = "model" in stored ? stored["model"] : null;
  if (typeof connectionId !== "string" || typeof model !== "string") return undefined;
  return { provider: "connection", connectionId: readId<ConnectionId>(connectionId), model };
}
