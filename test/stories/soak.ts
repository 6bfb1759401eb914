import "fake-indexeddb/auto";

import * as fc from "fast-check";

import { calmStories, faultyStories, type Story } from "./story.ts";
import { tell } from "./tell.ts";

const KINDS = { calm: calmStories, faulty: faultyStories } as const;
export type StoryKind = keyof typeof KINDS;

/** Stories that are told between two looks at the clock. */
const BATCH = 200;
/** A campaign that finds more than that is stopped: there is work enough. */
const MOST_FAILURES = 5;

export interface Campaign {
  readonly kinds: readonly StoryKind[];
  /** Of the first batch; each further one has the next number. */
  readonly seed: number;
  /** Only the story at this place among those of the seed, as a failure names it. */
  readonly path: string | null;
  /** Actions of a story at most. */
  readonly length: number;
  /** Whether another batch is to begin after this many stories and so many ms. */
  readonly goesOn: (runs: number, elapsedMs: number) => boolean;
  readonly log: (line: string) => void;
}

/** Tells stories until it is enough. Gives how many, and how many of them broke a promise. */
export async function soak(campaign: Campaign): Promise<{ readonly runs: number; readonly failures: number }> {
  const started = performance.now();
  let runs = 0;
  let failures = 0;
  let seed = campaign.seed;
  let told = started;
  do {
    for (const kind of campaign.kinds) {
      // One story at a time: they share the globals of the process.
      // oxlint-disable-next-line no-await-in-loop
      const result = await fc.check(fc.asyncProperty(KINDS[kind](campaign.length), tell), {
        seed,
        numRuns: BATCH,
        ...(campaign.path === null ? {} : { path: campaign.path }),
      });
      runs += result.numRuns;
      if (!result.failed) continue;
      failures++;
      report(campaign, kind, seed, result);
    }
    seed++;
    if (performance.now() - told > 30_000) {
      told = performance.now();
      campaign.log(`${runs} stories in ${Math.round((told - started) / 1000)} s, ${failures} failed`);
    }
  } while (campaign.path === null && failures < MOST_FAILURES && campaign.goesOn(runs, performance.now() - started));
  return { runs, failures };
}

function report(campaign: Campaign, kind: StoryKind, seed: number, result: fc.RunDetails<[Story]>): void {
  const { counterexample, counterexamplePath, errorInstance, numShrinks } = result;
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  campaign.log(`\n${why}`);
  campaign.log(`after ${result.numRuns} stories, made shorter ${numShrinks} times:`);
  campaign.log(JSON.stringify(counterexample?.[0]));
  const options = `--kind=${kind} --seed=${seed} --length=${campaign.length} --path=${counterexamplePath ?? ""}`;
  campaign.log(`again: npm run soak -- ${options}\n`);
}
