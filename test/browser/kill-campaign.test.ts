import { expect, test } from "vitest";
import { killsIn, runCampaign } from "#test/kill-campaign/campaign.ts";

/** A short part of what `npm run soak:kill` does by the hundred; README.md of test has the figures of the whole. */
const SEED = "npm test";
const KILLS = 12;
const LIMIT_MS = 60_000;

test("[R6] [R3] [T1] [E1] [W7] whatever dies at whatever moment, no message, no tool's result and at most a second of text is lost, nothing is there twice or out of order, and nothing deleted comes back", async () => {
  const results = await runCampaign({
    seed: SEED,
    first: 1,
    kills: KILLS,
    forMs: LIMIT_MS,
    hosts: ["dedicated", "shared"],
    tell: () => undefined,
  });
  const losses = results.flatMap((result) => result.losses);
  // On a busy machine Chromium ends a closing tab's worker before its last write: up to a second, see test/README.md.
  expect(losses.filter(({ kind }) => kind !== "text at a close")).toEqual([]);
  expect(killsIn(results.flatMap(({ kills }) => kills))).toBeGreaterThan(4);
}, 180_000);
