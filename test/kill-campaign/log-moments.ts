import { readSecondCopy } from "#test/helpers/lost-database.ts";
import { firstBlow } from "./answer-moments.ts";
import { questionOf } from "./counting-model.ts";
import type { Story } from "./story.ts";
import { isCanaryAlive, tearLog, writeCanary } from "./torn-log.ts";

/** A page of the origin in which the app does not run. */
const WITHOUT_APP = "rescue.html";

/**
 * The killed browser leaves a torn log behind. Where the app is the first to write, it begins a new log in time; where
 * something else was, the browser deletes every database of the origin, and the second copy has to bring all back.
 */
export async function tornLog(story: Story): Promise<void> {
  const { stage, plan } = story;
  const isDeleted = plan.choice < 0.6;
  const counted = story.script({ words: 40 });
  await story.send(counted);
  await story.settle([counted]);
  await story.checkSettled([counted]);
  const { page } = stage.page;
  const address = page.url();
  await writeCanary(page);
  const settled = new RegExp(`"completed"[^]*${questionOf(counted.tag).replaceAll(/[().]/g, "\\$&")}`);
  await stage.until("the answer in the second copy", async () => settled.test(await readSecondCopy(page)));
  await story.reach(firstBlow(story), 300);
  const killedAt = await stage.browser.kill();
  tearLog(stage.browser.profile, stage.app.url);
  const kill = story.noteKill("browser killed", false);
  await stage.relaunch();
  if (isDeleted) {
    const other = await stage.browser.open(stage.app.url + WITHOUT_APP);
    await writeCanary(other);
    await stage.browser.kill();
    story.noteKill("browser killed", false);
    await stage.relaunch();
  }
  const at = Date.now();
  stage.page = await stage.browser.open(address);
  const start = { page: stage.page.page, at, isNewPage: true };
  await story.timeRecovery(start, kill, counted.tag);
  await stage.until("the answer", () => story.seenAfter(start, ({ state }) => state === "completed"));
  if (isDeleted) {
    if (await isCanaryAlive(stage.page.page)) throw new Error("The browser did not delete its databases.");
  } else {
    // What the app writes now must not be what the browser stumbles over next time.
    await story.hit(firstBlow(story));
    await stage.page.ready();
    if (!(await isCanaryAlive(stage.page.page))) story.lose("user turn", "The browser deleted every database.");
    await stage.until("the answer", () => stage.seen(killedAt)?.state === "completed");
  }
  await story.checkSettled([counted]);
}
