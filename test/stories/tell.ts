// Loaded at their first use otherwise, which takes real time.
import "#agent/connections.ts";
import "#storage/session-deletion.ts";

import { countTasks } from "#test/helpers/quiet-loop.ts";
import type { FakeTime } from "#test/helpers/fake-time.ts";

import { takeBroken } from "./broken.ts";
import { endStory } from "./ending.ts";
import type { Story } from "./story.ts";
import { Telling } from "./telling.ts";

let stories = 0;

/** Tells a story to its end. Rejects with the first promise that was broken in it. */
export async function tell(story: Story): Promise<void> {
  countTasks();
  takeBroken();
  const telling = new Telling(story, `story-${stories++}`);
  const restore = stopTheClocks(telling.world.time);
  try {
    for (const action of story.actions) {
      // What happens in a story happens in its order.
      // oxlint-disable-next-line no-await-in-loop
      await telling.act(action);
    }
    await endStory(telling, story.end);
  } finally {
    restore();
    // oxlint-disable-next-line no-await-in-loop
    for (const open of Array.from(telling.open)) await telling.leave(open, false);
    await telling.endHanging();
    const failure = takeBroken();
    // oxlint-disable-next-line no-unsafe-finally
    if (failure !== null) throw failure;
  }
}

/**
 * What asks the platform for time is given the story's: a lock is waited for by AbortSignal.timeout. The watch over calls
 * that a database never answers counts real time, of which a story takes none.
 */
function stopTheClocks(time: FakeTime): () => void {
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  const interval = globalThis.setInterval;
  AbortSignal.timeout = (ms) => {
    const controller = new AbortController();
    time.after(ms, () => controller.abort(new DOMException("It took too long", "TimeoutError")));
    return controller.signal;
  };
  globalThis.setInterval = (() => 0) as unknown as typeof setInterval;
  return () => {
    AbortSignal.timeout = timeout;
    globalThis.setInterval = interval;
  };
}
