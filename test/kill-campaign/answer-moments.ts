import { checkOthers, checkSettled } from "./checks.ts";
import type { CountedAnswer } from "./counting-model.ts";
import type { Blow } from "./plan.ts";
import type { Story } from "./story.ts";

/** How long a moment lasts in which a blow may fall. */
export const STREAMING_MS = 1_800;
const SENDING_MS = 150;
const AROUND_END_MS = 260;

/** Words of an answer that lasts longer than all blows of its story. */
export function lastingWords(story: Story): number {
  const characters = story.plan.charactersPerSecond * (STREAMING_MS / 1000) * (story.plan.blows.length + 1);
  return Math.min(1500, Math.max(60, Math.round(characters / 8)));
}

export const streaming = (story: Story) => lasting(story, story.script({ words: lastingWords(story) }));

export const tool = (story: Story) =>
  lasting(story, story.script({ words: lastingWords(story), calls: callsOf(story) }));

function callsOf({ plan, tag }: Story): CountedAnswer["calls"] {
  const calculate = { id: `${tag}-1`, name: "calculate", arguments: JSON.stringify({ expression: "6 * 7" }) };
  const count = { id: `${tag}-2`, name: "count_text", arguments: JSON.stringify({ text: "one two three" }) };
  // A search that no engine finishes: it runs for two seconds and then gives up.
  const slow = { pattern: "(a+)+$", text: `${"a".repeat(40)}!` };
  if (plan.choice < 0.15) return [{ id: `${tag}-1`, name: "test_regex", arguments: JSON.stringify(slow) }];
  return plan.choice < 0.6 ? [calculate, count] : [calculate];
}

/** Blow after blow in one answer. */
async function lasting(story: Story, counted: CountedAnswer): Promise<void> {
  await story.send(counted);
  let from = (await story.asked(counted)).arrivedAt;
  for (const [place, blow] of story.plan.blows.entries()) {
    await story.reach(blow, STREAMING_MS, from);
    await story.hitAnswer(counted, blow, place === story.plan.blows.length - 1);
    from = counted.served.at(-1)?.arrivedAt ?? Date.now();
  }
  await story.settle([counted]);
  await checkSettled(story, [counted]);
}

/** The blow falls in the moments after Enter, before or after the message's commit. */
export async function sending(story: Story): Promise<void> {
  const counted = story.script({ words: 40 });
  const { stage } = story;
  const sentAt = await story.send(counted);
  const blow = firstBlow(story);
  await story.reach(blow, SENDING_MS, sentAt);
  const { page } = stage.page;
  const { struck, start, kill } = await story.hit(blow);
  // The box empties when the message is committed: from then on it must be there.
  const isPromised = stage.witness
    .of(page)
    .some(({ at, composer }) => at >= sentAt && at < struck.at && composer === "");
  const isThere = await stage
    .until("the message", () => story.seenAfter(start, ({ questions }) => questions.length > 0), 5_000)
    .catch(() => null);
  if (isThere !== null) {
    if (start.isNewPage) kill.recoveryMs = isThere.at - start.at;
    await story.settle([counted]);
    await checkSettled(story, [counted]);
    return;
  }
  const stored = await stage.stored();
  const isElsewhere = story.sessionOf(stored) !== undefined;
  if (isElsewhere) story.lose("user turn", `${counted.tag} is stored, and its address does not show it.`);
  else if (isPromised) story.lose("user turn", `The box had emptied, and ${counted.tag} is gone.`);
  checkOthers(story, stored);
}

/** The blow falls around the last word, the end of the stream and the full save. */
export async function finishing(story: Story): Promise<void> {
  const counted = story.script({ words: 60 });
  await story.send(counted);
  const { arrivedAt } = await story.asked(counted);
  const endsAt = arrivedAt + story.plan.headersAfterMs + (450 / story.plan.charactersPerSecond) * 1000;
  const blow = firstBlow(story);
  await story.reach(blow, AROUND_END_MS, endsAt - 80);
  await story.hitAnswer(counted, blow, true);
  await story.settle([counted]);
  await checkSettled(story, [counted]);
}

export function firstBlow(story: Story): Blow {
  const [blow] = story.plan.blows;
  if (blow === undefined) throw new Error("A story without a blow.");
  return blow;
}
