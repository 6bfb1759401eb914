import { createHash } from "node:crypto";

/** What the app is doing when it is hit. */
export type Moment =
  | "sending"
  | "streaming"
  | "finishing"
  | "tool"
  | "approval"
  | "queue"
  | "draft"
  | "deleting"
  | "setting"
  | "two tabs"
  | "update"
  | "torn log"
  | "migration";

/** What dies, and how. */
export type BlowKind =
  | "browser killed"
  | "renderer killed"
  | "renderer crashed"
  | "worker died"
  | "tab closed"
  | "reload"
  | "navigation away";

/** Where the agent runs: in a worker of the tab's own, or in the one that all tabs share. */
export type HostKind = "dedicated" | "shared";

export interface Blow {
  readonly kind: BlowKind;
  /** When it falls within the moment: 0 at its beginning, 1 at its end. */
  readonly at: number;
  /** Of a worker's death: ended from outside and not by an error of its own. */
  readonly isSilent: boolean;
  /** Set: the next start is hit as well, this many ms after it began. */
  readonly againAfterMs: number | null;
}

/** One story: something is done in a session of its own, is hit once or several times, and must come to its end. */
export interface Plan {
  /** From 1. With the seed it says everything about the story. */
  readonly number: number;
  readonly moment: Moment;
  readonly host: HostKind;
  readonly blows: readonly Blow[];
  readonly charactersPerSecond: number;
  /** Before the headers of the model's first answer. */
  readonly headersAfterMs: number;
  /** Whether the person presses Continue, or the app goes on by itself. */
  readonly isContinuedByHand: boolean;
  /** A number from 0 to 1 for whatever else the story has to choose. */
  readonly choice: number;
}

const MOMENTS: readonly (readonly [Moment, number])[] = [
  ["streaming", 7],
  ["tool", 4],
  ["sending", 3],
  ["finishing", 3],
  ["two tabs", 3],
  ["queue", 2],
  ["approval", 2],
  ["draft", 2],
  ["deleting", 1],
  ["setting", 1],
  ["update", 1],
  ["torn log", 1],
  ["migration", 1],
];

const BLOWS: readonly (readonly [BlowKind, number])[] = [
  ["browser killed", 8],
  ["reload", 4],
  ["renderer killed", 3],
  ["renderer crashed", 3],
  ["worker died", 3],
  ["tab closed", 3],
  ["navigation away", 2],
];

/** Moments in which an answer streams, so that what came back can be hit again while it goes on. */
const LASTING: readonly Moment[] = ["streaming", "tool", "two tabs", "queue"];
const MOST_BLOWS = 3;
/** Stories in a row with one kind of host: another one needs another start of the browser. */
const STORIES_PER_HOST = 6;

/** The story of this number: the same for the same seed, whatever stories came before it. */
export function planOf(seed: string, number: number, hosts: readonly HostKind[] = ["dedicated", "shared"]): Plan {
  const random = randomNumbers(`${seed} ${number}`);
  const moment = pick(MOMENTS, random());
  const count = LASTING.includes(moment) ? 1 + Math.floor(random() * MOST_BLOWS) : 1;
  const drawn = Array.from({ length: count }, () => blow(random));
  // Only a killed browser leaves a log that ends in the middle of a record.
  const blows = drawn.map((each) => (moment === "torn log" ? { ...each, kind: "browser killed" as const } : each));
  const host = hosts[Math.floor((number - 1) / STORIES_PER_HOST) % hosts.length] ?? "dedicated";
  return {
    number,
    moment,
    host,
    blows,
    charactersPerSecond: pick([[150, 1], [400, 2], [1500, 2]] as const, random()), // prettier-ignore
    headersAfterMs: random() < 0.3 ? Math.round(random() * 300) : 0,
    isContinuedByHand: random() < 0.5,
    choice: random(),
  };
}

function blow(random: () => number): Blow {
  const kind = pick(BLOWS, random());
  const at = random();
  const isSilent = random() < 0.5;
  return { kind, at, isSilent, againAfterMs: random() < 0.15 ? Math.round(random() * 400) : null };
}

function pick<Value>(weighted: readonly (readonly [Value, number])[], random: number): Value {
  let left = random * weighted.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of weighted) {
    left -= weight;
    if (left < 0) return value;
  }
  const last = weighted.at(-1);
  if (last === undefined) throw new Error("There is nothing to pick from.");
  return last[0];
}

/** Numbers from 0 to below 1, the same for the same text. */
function randomNumbers(text: string): () => number {
  let count = 0;
  return () => {
    const digest = createHash("sha256").update(`${text} ${count}`).digest();
    count += 1;
    return digest.readUInt32BE(0) / 2 ** 32;
  };
}
