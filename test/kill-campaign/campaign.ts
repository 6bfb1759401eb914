import { startBrowser } from "#test/helpers/browser.ts";
import { MOMENTS } from "./moments.ts";
import { type HostKind, type Plan, planOf } from "./plan.ts";
import { NeverCame, pause, Stage } from "./stage.ts";
import { type Kill, type Loss, Story } from "./story.ts";

export interface CampaignOptions {
  readonly seed: string;
  /** Number of the first story. */
  readonly first: number;
  /** Stops after this many kills, after this many stories or after this time, whatever comes first. */
  readonly kills: number;
  readonly most?: number;
  readonly forMs: number;
  readonly hosts: readonly HostKind[];
  /** Told of each story when it is over. */
  readonly tell: (result: StoryResult) => void;
}

export interface StoryResult {
  readonly plan: Plan;
  readonly kills: readonly Kill[];
  readonly losses: readonly Loss[];
  readonly tookMs: number;
}

/** Story after story on one profile: what one leaves behind the next ones must not touch. */
export async function runCampaign(options: CampaignOptions): Promise<StoryResult[]> {
  const results: StoryResult[] = [];
  const endsAt = Date.now() + options.forMs;
  let stage: Stage | null = null;
  let kills = 0;
  const last = options.first + (options.most ?? Number.POSITIVE_INFINITY) - 1;
  const isOver = (number: number) => number > last || kills >= options.kills || Date.now() >= endsAt;
  try {
    for (let number = options.first; !isOver(number); number += 1) {
      const plan = planOf(options.seed, number, options.hosts);
      if (stage === null || stage.host !== plan.host) {
        stage ??= await Stage.open();
        await stage.begin(plan.host);
      }
      const result = await runStory(stage, plan);
      results.push(result);
      options.tell(result);
      kills += killsIn(result.kills);
      // After a loss nothing of this profile proves anything any more.
      if (result.losses.length > 0) {
        await stage.close();
        stage = null;
      }
    }
  } finally {
    await stage?.close();
  }
  return results;
}

/** A browser that does not answer any more must not hold up the whole campaign. */
const STORY_LIMIT_MS = 120_000;

async function runStory(stage: Stage, plan: Plan): Promise<StoryResult> {
  const story = new Story(stage, plan);
  const startedAt = Date.now();
  try {
    await stage.newSession();
    const tooLong = pause(STORY_LIMIT_MS).then(() => {
      throw new Error("The story hangs.");
    });
    await Promise.race([MOMENTS[plan.moment](story), tooLong]);
  } catch (error) {
    story.lose(
      "stuck",
      error instanceof NeverCame ? error.message : String(error instanceof Error ? error.stack : error),
    );
  }
  return { plan, kills: story.kills, losses: story.losses, tookMs: Date.now() - startedAt };
}

/** A start that was hit as well is a kill of its own. */
export function killsIn(kills: readonly Kill[]): number {
  return kills.reduce((sum, { isTwice }) => sum + (isTwice ? 2 : 1), 0);
}

export async function browserVersion(): Promise<string> {
  const browser = await startBrowser();
  try {
    return `Chromium ${browser.context.browser()?.version() ?? "of unknown version"}`;
  } finally {
    await browser.close();
  }
}
