import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { browserVersion, runCampaign, type StoryResult } from "./campaign.ts";
import { type HostKind, planOf } from "./plan.ts";
import { type CampaignRecord, describeLosses, linesOf } from "./report.ts";

const KILLS = 500;
const MINUTE_MS = 60_000;
const HOSTS: readonly HostKind[] = ["dedicated", "shared"];

/**
 * `npm run soak:kill`: kills and kills, and tells what was lost.
 *   --seed TEXT     which kills; told at the end, by default today's date
 *   --kills N       how many, 500 by default
 *   --minutes N     and no longer than this
 *   --from N        number of the first story
 *   --only N        just this story
 *   --host NAME     dedicated or shared; by default both in turns
 *   --into FILE     adds the results to a file; the report is then of all that is in it, and goes on after its last story
 * @returns the exit code: 1 when anything was lost
 */
export async function soak(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string", default: new Date().toISOString().slice(0, 10) },
      kills: { type: "string", default: String(KILLS) },
      minutes: { type: "string", default: "600" },
      from: { type: "string" },
      only: { type: "string" },
      host: { type: "string" },
      into: { type: "string" },
    },
  });
  const { seed, only, into } = values;
  const earlier = into === undefined ? [] : readRecords(into);
  const hosts = values.host === undefined ? HOSTS : HOSTS.filter((host) => host === values.host);
  if (hosts.length === 0) throw new Error(`There is no host ${values.host}.`);
  const first = Number(only ?? values.from ?? nextStory(earlier, seed));
  const machine = `${os.availableParallelism()} processors, ${os.type()} ${os.arch()}`;
  const about = { seed, browser: await browserVersion(), machine, startedAt: new Date().toISOString().slice(0, 16) };
  const results: StoryResult[] = [];
  const all = (): CampaignRecord[] => [...earlier, { ...about, results }];
  await runCampaign({
    seed,
    first,
    kills: only === undefined ? Number(values.kills) : planOf(seed, first, hosts).blows.length,
    most: only === undefined ? Number.POSITIVE_INFINITY : 1,
    forMs: Number(values.minutes) * MINUTE_MS,
    hosts,
    tell: (result) => {
      results.push(result);
      tell(result);
      // After each story: whatever ends the command, what was measured stays.
      if (into !== undefined) writeRecords(into, all());
    },
  });
  for (const line of linesOf(all())) console.log(line);
  return results.some(({ losses }) => losses.length > 0) ? 1 : 0;
}

function readRecords(file: string): CampaignRecord[] {
  if (!existsSync(file)) return [];
  const records: CampaignRecord[] = JSON.parse(readFileSync(file, "utf8"));
  return records;
}

function writeRecords(file: string, records: readonly CampaignRecord[]): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(records));
}

function nextStory(records: readonly CampaignRecord[], seed: string): number {
  const numbers = records.filter((record) => record.seed === seed).flatMap(({ results }) => results);
  return 1 + Math.max(0, ...numbers.map(({ plan }) => plan.number));
}

function tell(result: StoryResult): void {
  const { plan, kills, tookMs } = result;
  const blows = kills.map(({ blow, isTwice, lostMs }) => {
    const text = lostMs === null ? "" : ` -${lostMs} ms`;
    return `${blow}${isTwice ? " twice" : ""}${text}`;
  });
  console.log(`${plan.number} ${plan.moment}, ${plan.host}: ${blows.join(", ")} (${(tookMs / 1000).toFixed(1)} s)`);
  for (const line of describeLosses(result)) console.log(line);
}
