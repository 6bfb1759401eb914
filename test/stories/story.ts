import * as fc from "fast-check";

import { readId, type SessionId } from "#domain/ids.ts";
import type { Fault, Purpose } from "#test/helpers/faulty-disk.ts";

export const SESSIONS = [readId<SessionId>("s1"), readId<SessionId>("s2")] as const;

/** The tools of a story, each with what happens if it runs twice and whether the person is asked first. */
export const TOOL_NAMES = ["pure", "again", "once", "asks", "asks-again", "sends"] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

export type ReplyStep =
  | { readonly do: "say" | "think"; readonly words: number }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "call"; readonly tool: ToolName };

/** How a reply of the model ends: by itself, by what a server does, or never (`silent` hears a stop, `deaf` does not). */
export type ReplyEnd =
  | "stop"
  | "length"
  | "busy"
  | "refused"
  | "cut"
  | "context-full"
  | "unreachable"
  | "defect"
  | "silent"
  | "deaf";

export interface Reply {
  readonly steps: readonly ReplyStep[];
  readonly end: ReplyEnd;
}

/** What a person does at a page and what happens to it, and how often. `pick` chooses among what is there. */
const DEEDS = {
  send: 5,
  "send-draft": 1,
  "send-again": 1,
  draft: 1,
  "remove-draft": 1,
  stop: 2,
  edit: 1,
  retry: 1,
  continue: 2,
  decline: 1,
  keep: 1,
  discard: 1,
  restore: 1,
  select: 1,
  approve: 3,
  "settle-unknown": 1,
  "queue-remove": 1,
  "queue-edit": 1,
  "queue-resume": 1,
  "queue-now": 1,
  rename: 1,
  pin: 1,
  archive: 1,
  delete: 1,
  undelete: 1,
  attach: 2,
  leave: 1,
  list: 1,
  "open-tab": 2,
  reload: 3,
  kill: 2,
  crash: 1,
  "crash-again": 2,
  hang: 2,
  hide: 1,
  offline: 1,
  online: 1,
  "ask-me": 1,
  wait: 2,
} as const;
export type PlainDeed = keyof typeof DEEDS;

const PLAIN_DEEDS = (Object.keys(DEEDS) as PlainDeed[]).flatMap((deed) => Array<PlainDeed>(DEEDS[deed]).fill(deed));

interface Common {
  /** Which of the open tabs. */
  readonly tab: number;
  readonly pick: number;
  /** What happens before the next action: -1 nothing at all (they race), 0 everything comes to rest, else time passes (ms). */
  readonly pause: number;
}

export type Action =
  | (Common & { readonly do: PlainDeed })
  /** From now on the nth operation of this kind meets the fault. */
  | (Common & {
      readonly do: "fault";
      readonly fault: Fault;
      readonly what: "open" | "read" | "write";
      readonly purpose: Purpose | "any";
      readonly nth: number;
    })
  /** Every write fails from now on, until the disk has space again. */
  | (Common & { readonly do: "disk-full" | "disk-well" });

/** What the model will say, request by request, and what happens to the person's device meanwhile. */
export interface Story {
  readonly replies: readonly Reply[];
  readonly actions: readonly Action[];
  /** How the tabs end before the last one looks at what is left. */
  readonly end: "stay" | "reload" | "kill";
}

const step: fc.Arbitrary<ReplyStep> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("say" as const), words: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("think" as const), words: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(30, 200, 700, 3000) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("call" as const), tool: fc.constantFrom(...TOOL_NAMES) }) },
);

const reply: fc.Arbitrary<Reply> = fc.record({
  steps: fc.array(step, { maxLength: 5 }),
  end: fc.oneof(
    { weight: 6, arbitrary: fc.constant<ReplyEnd>("stop") },
    {
      weight: 4,
      arbitrary: fc.constantFrom<ReplyEnd>(
        ...(["length", "busy", "refused", "cut", "cut", "context-full", "unreachable", "defect"] as const),
        ...(["silent", "silent", "deaf"] as const),
      ),
    },
  ),
});

const common = {
  tab: fc.nat({ max: 2 }),
  pick: fc.nat({ max: 11 }),
  pause: fc.constantFrom(0, 0, 0, -1, -1, 20, 200, 700, 2000, 10_000),
};

const plain: fc.Arbitrary<Action> = fc.record({ do: fc.constantFrom(...PLAIN_DEEDS), ...common });

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    kind: fc.constant("fail" as const),
    at: fc.constantFrom("request" as const, "commit" as const),
    name: fc.constantFrom("QuotaExceededError" as const, "UnknownError" as const, "AbortError" as const),
  }),
  fc.record({
    kind: fc.constant("lose" as const),
    at: fc.constantFrom("begin" as const, "commit" as const, "committed" as const),
  }),
  fc.record({
    kind: fc.constant("die" as const),
    at: fc.constantFrom("begin" as const, "commit" as const, "committed" as const),
  }),
  fc.record({ kind: fc.constant("hold" as const) }),
);

/** A fault that only kills is no fault of the disk: what was promised must be kept to the letter all the same. */
const death: fc.Arbitrary<Action> = fc.record({
  do: fc.constant("fault" as const),
  fault: fc.record({
    kind: fc.constant("die" as const),
    at: fc.constantFrom("begin" as const, "commit" as const, "committed" as const),
  }),
  what: fc.constantFrom("write" as const, "write" as const, "write" as const, "read" as const),
  purpose: fc.constantFrom<Purpose | "any">("any", "any", "full-save", "full-save", "checkpoint", "claim", "queue"),
  nth: fc.integer({ min: 1, max: 5 }),
  ...common,
});

const anyFault: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    do: fc.constant("fault" as const),
    fault,
    what: fc.constantFrom("write" as const, "write" as const, "write" as const, "read" as const, "open" as const),
    purpose: fc.constantFrom<Purpose | "any">(
      ...(["any", "any", "any", "full-save", "full-save", "checkpoint", "checkpoint"] as const),
      ...(["claim", "delete", "queue", "draft", "approval", "other"] as const),
    ),
    nth: fc.integer({ min: 1, max: 5 }),
    ...common,
  }),
  fc.record({ do: fc.constantFrom("disk-full" as const, "disk-well" as const), ...common }),
);

/** Stories of a device whose disk does what it is asked; its tabs and workers die all the same, in the middle of a write too. */
export function calmStories(maxLength: number): fc.Arbitrary<Story> {
  return stories(fc.oneof({ weight: 7, arbitrary: plain }, { weight: 1, arbitrary: death }), maxLength);
}

/** Stories of a device whose disk fails in every way. */
export function faultyStories(maxLength: number): fc.Arbitrary<Story> {
  return stories(fc.oneof({ weight: 4, arbitrary: plain }, { weight: 1, arbitrary: anyFault }), maxLength);
}

function stories(action: fc.Arbitrary<Action>, maxLength: number): fc.Arbitrary<Story> {
  return fc.record({
    replies: fc.array(reply, { maxLength: 5 }),
    actions: fc.array(action, { minLength: 1, maxLength, size: "max" }),
    end: fc.constantFrom("stay" as const, "reload" as const, "kill" as const),
  });
}
