import type { Page } from "playwright-core";
import { nextVersion } from "#test/helpers/built-app.ts";
import { HoldfastPage } from "#test/helpers/holdfast-page.ts";
import { checkSettled } from "./checks.ts";
import { firstBlow, lastingWords, STREAMING_MS } from "./answer-moments.ts";
import { pause } from "./stage.ts";
import type { Story } from "./story.ts";

const UPDATING_MS = 700;

/** Two tabs show one session when the one that runs it is hit: the other one, or the next start, goes on with it. */
export async function twoTabs(story: Story): Promise<void> {
  const { stage, plan } = story;
  const counted = story.script({ words: lastingWords(story) });
  await story.send(counted);
  let from = (await story.asked(counted)).arrivedAt;
  let other = await openSecond(story);
  for (const [place, blow] of plan.blows.entries()) {
    await story.reach(blow, STREAMING_MS, Math.max(from, Date.now() - STREAMING_MS / 2));
    await story.hitAnswer(counted, blow, place === plan.blows.length - 1);
    from = counted.served.at(-1)?.arrivedAt ?? Date.now();
    // With the browser or all renderers the second tab died too.
    if (blow.kind === "browser killed" || blow.kind === "renderer killed") {
      if (!other.isClosed()) await other.close();
      other = await openSecond(story);
    }
  }
  await story.settle([counted]);
  await stage.until("the second tab completed", () => {
    const seen = stage.seen(0, other);
    return seen?.state === "completed" && seen.run === "idle";
  });
  const replies = [stage.seen(), stage.seen(0, other)].map((seen) => seen?.reply);
  if (replies[0] !== replies[1]) story.lose("streamed text", `The two tabs show different answers to ${counted.tag}.`);
  if (stage.seen(0, other)?.questions.length !== 1) story.lose("duplicate", "The second tab shows the message twice.");
  await other.close();
  await checkSettled(story, [counted]);
}

async function openSecond({ stage }: Story): Promise<Page> {
  const page = await stage.browser.open(stage.page.page.url());
  await new HoldfastPage(page).ready();
  await stage.until("the session in the second tab", () => (stage.seen(0, page)?.questions.length ?? 0) > 0);
  return page;
}

/** A new version is on its way, or takes over, when the app is hit: either version finds everything. */
export async function update(story: Story): Promise<void> {
  const { stage, plan } = story;
  const { page } = stage.page;
  const isTakingOver = plan.choice < 0.5;
  const counted = story.script({ words: isTakingOver ? 20 : lastingWords(story) });
  const blow = firstBlow(story);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  stage.app.root = nextVersion(stage.firstRoot, { name: story.tag });
  await stage.app.restart();
  await story.send(counted);
  await story.asked(counted);
  if (isTakingOver) await story.settle([counted]);
  await page.evaluate(() => void navigator.serviceWorker.ready.then((registration) => registration.update()));
  if (isTakingOver) {
    const restart = page.getByRole("button", { name: "Restart" }).and(page.locator(":not([aria-disabled=true])"));
    await restart.waitFor({ timeout: 15_000 });
    await restart.click();
  }
  await story.reach(blow, UPDATING_MS);
  if (isTakingOver) {
    const { start, kill } = await story.hit(blow);
    await story.timeRecovery(start, kill, counted.tag);
  } else {
    await story.hitAnswer(counted, blow, true);
    await story.settle([counted]);
  }
  await pause(0);
  await checkSettled(story, [counted]);
}
