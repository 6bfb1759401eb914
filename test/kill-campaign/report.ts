import { table } from "#test/bench/bench.ts";
import { killsIn, type StoryResult } from "./campaign.ts";
import type { Kill, LossKind } from "./story.ts";

/** Everything that a campaign found, over one or several runs of it. */
export interface CampaignRecord {
  readonly seed: string;
  readonly browser: string;
  readonly machine: string;
  readonly startedAt: string;
  readonly results: readonly StoryResult[];
}

/** Losses that are counted one by one: a zero stands there as a zero. */
const LOSSES: readonly LossKind[] = [
  "user turn",
  "finished tool result",
  "duplicate",
  "order",
  "resurrected deletion",
  "queue",
  "setting",
  "draft",
  "settled work changed",
  "streamed text",
  "text at a close",
  "stuck",
];

/** The lines that a campaign ends with. */
export function linesOf(records: readonly CampaignRecord[]): string[] {
  const results = records.flatMap((record) => record.results);
  const kills = results.flatMap((result) => result.kills);
  return [
    `${killsIn(kills)} kills in ${results.length} stories`,
    "",
    "Kills by kind",
    ...indented(counted(kills, (kill) => kill.blow)),
    "Kills by moment",
    ...indented(counted(kills, (kill) => kill.moment)),
    "Kills by host of the agent",
    ...indented(counted(kills, (kill) => kill.host)),
    "",
    "Losses",
    ...indented(LOSSES.map((kind) => [kind, String(lossesOf(results, kind).length)])),
    ...results.flatMap(describeLosses),
    "",
    "Streamed text that did not come back, by the time of its arrival",
    ...indented(textRows(kills)),
    "From the start to the work on the screen",
    ...indented(recoveryRows(kills)),
    "",
    ...records.map(({ seed, browser, machine, startedAt }) => `${startedAt}, seed ${seed}, ${browser}, ${machine}`),
    "One story again: npm run soak:kill -- --seed SEED --only NUMBER",
  ];
}

function lossesOf(results: readonly StoryResult[], kind: LossKind) {
  return results.flatMap(({ losses }) => losses.filter((loss) => loss.kind === kind));
}

/** What a story lost, with all that is needed to play it again. */
export function describeLosses({ plan, losses }: StoryResult): string[] {
  const blows = plan.blows.map(({ kind }) => kind).join(", ");
  return losses.map(
    ({ kind, words }) => `  story ${plan.number} (${plan.moment}; ${blows}; ${plan.host}): ${kind}: ${words}`,
  );
}

function counted(kills: readonly Kill[], name: (kill: Kill) => string): (readonly string[])[] {
  const groups = groupBy(kills, name);
  return [...groups]
    .map(([key, group]) => [key, String(killsIn(group))] as const)
    .sort((a, b) => Number(b[1]) - Number(a[1]));
}

/** By the kind of blow; a page that leaves has its last word, so its row must say 0. */
function textRows(kills: readonly Kill[]): (readonly string[])[] {
  const groups = groupBy(
    kills.filter(({ lostMs }) => lostMs !== null),
    (kill) => kill.blow,
  );
  return [...groups].map(([blow, group]) => [
    blow,
    spread(group.map(({ lostMs }) => lostMs ?? 0)),
    `of ${group.length}`,
  ]);
}

function recoveryRows(kills: readonly Kill[]): (readonly string[])[] {
  const groups = groupBy(
    kills.filter(({ recoveryMs }) => recoveryMs !== null),
    ({ blow }) => (blow === "browser killed" ? "browser, with its own start" : "page"),
  );
  return [...groups].map(([name, group]) => [
    name,
    spread(group.map(({ recoveryMs }) => recoveryMs ?? 0)),
    `of ${group.length}`,
  ]);
}

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return `median ${at(0.5)}, 95 % ${at(0.95)}, most ${at(1)} ms`;
}

function indented(rows: readonly (readonly string[])[]): string[] {
  return table(rows).map((line) => `  ${line}`);
}

/** As Map.groupBy, which Node has from 21 on. */
function groupBy<Value>(values: readonly Value[], name: (value: Value) => string): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) groups.set(name(value), [...(groups.get(name(value)) ?? []), value]);
  return groups;
}
