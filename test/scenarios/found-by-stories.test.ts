import { describe, it } from "vitest";

import type { Action, PlainDeed, Reply, Story } from "#test/stories/story.ts";
import { tell } from "#test/stories/tell.ts";

/** Random stories that broke a promise once, as short as they could be made. Telling one checks all promises again. */
function story(replies: readonly Reply[], actions: readonly Action[], end: Story["end"] = "stay"): Story {
  return { replies, actions, end };
}

/** In the first tab, with the first of what there is, and everything comes to rest after it, unless told. */
function act(deed: PlainDeed, particulars: Partial<Pick<Action, "tab" | "pick" | "pause">> = {}): Action {
  return { do: deed, tab: 0, pick: 0, pause: 0, ...particulars };
}

function holdWrite(nth: number): Action {
  const fault = { kind: "hold" } as const;
  return { do: "fault", fault, what: "write", purpose: "any", nth, tab: 0, pick: 0, pause: 0 };
}

const empty: Reply = { steps: [], end: "stop" };

/** `hold…` because the story itself is what is expected. */
const holdPromises = tell;

describe("what random stories found", () => {
  it("[Z3] resuming a queue where there is no session yet gives the lease back", async () => {
    await holdPromises(story([], [act("queue-resume")]));
  });

  it("[C5] a message that had to wait although its session had no turn yet is sent all the same", async () => {
    await holdPromises(story([], [holdWrite(1), act("open-tab"), act("queue-resume", { tab: 1 }), act("send")]));
  });

  it("[S2] [S6] a message that two tabs are given at the same time is accepted by both, and there once", async () => {
    const again = act("send-again", { tab: 1, pick: 1 });
    await holdPromises(story([], [act("send"), act("open-tab"), act("send", { pause: -1 }), again]));
  });

  it("[C5] [I1] an answer at the head still waits for the person while an earlier one goes on", async () => {
    await holdPromises(story([empty, empty], [act("send"), act("send"), act("continue", { pick: 1 })]));
  });
});
