import type { Page } from "playwright-core";
import { readSecondCopy } from "#test/helpers/lost-database.ts";
import { checkSettled } from "./checks.ts";
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
  await checkSettled(story, [counted]);
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
  const more = story.script({ words: 20, suffix: "b" });
  if (isDeleted) {
    if (await isCanaryAlive(stage.page.page)) throw new Error("The browser did not delete its databases.");
  } else {
    // What the app writes now must not be what the browser stumbles over next time.
    await story.send(more);
    await story.settle([more]);
    await story.hit(firstBlow(story));
    await stage.page.ready();
    if (!(await isCanaryAlive(stage.page.page))) story.lose("user turn", "The browser deleted every database.");
    await stage.until("both answers", () => stage.seen(killedAt)?.questions.length === 2);
  }
  await checkSettled(story, isDeleted ? [counted] : [counted, more]);
}

/** The database is of the version before when the app starts, and the start is hit while it is brought up to date. */
export async function migration(story: Story): Promise<void> {
  const { stage } = story;
  const counted = story.script({ words: 40 });
  await story.send(counted);
  await story.settle([counted]);
  await checkSettled(story, [counted]);
  const address = stage.page.page.url();
  await stage.browser.kill();
  await stage.relaunch();
  await bringBack(await stage.browser.open(stage.app.url + WITHOUT_APP), NEW_STORES);
  const page = await stage.browser.context.newPage();
  await page.goto(address, { waitUntil: "commit" });
  stage.page = page;
  const blow = firstBlow(story);
  await story.reach(blow, MIGRATING_MS);
  const { start, kill } = await story.hit(blow);
  await story.timeRecovery(start, kill, counted.tag);
  await stage.until("the answer", () => story.seenAfter(start, ({ state }) => state === "completed"));
  await checkSettled(story, [counted]);
}

/** From the start of the page to some time after the database is open. */
const MIGRATING_MS = 700;
/** What the last step of src/storage/migrations.ts added: a new step belongs here too. */
const NEW_STORES = ["aside"];

/** Makes the database one of the version before, with all that is in it but the stores of these names. */
async function bringBack(page: Page, without: readonly string[]): Promise<void> {
  await page.evaluate(async (left) => {
    const done = <Result>(request: IDBRequest<Result>) =>
      new Promise<Result>((resolve, reject) => {
        request.addEventListener("success", () => resolve(request.result));
        request.addEventListener("error", () => reject(new Error("The database cannot be brought back.")));
      });
    const db = await done(indexedDB.open("holdfast"));
    const { version } = db;
    const tx = db.transaction([...db.objectStoreNames]);
    const names = [...db.objectStoreNames].filter((name) => !left.includes(name));
    const stores = await Promise.all(
      names.map(async (name) => {
        const store = tx.objectStore(name);
        const indexes = [...store.indexNames].map((each) => store.index(each));
        return {
          name,
          keyPath: store.keyPath,
          rows: await done<unknown[]>(store.getAll()),
          indexes: indexes.map(({ name: index, keyPath, unique, multiEntry }) => ({
            index,
            keyPath,
            unique,
            multiEntry,
          })),
        };
      }),
    );
    db.close();
    await done(indexedDB.deleteDatabase("holdfast"));
    const opening = indexedDB.open("holdfast", version - 1);
    opening.addEventListener("upgradeneeded", () => {
      for (const { name, keyPath, rows, indexes } of stores) {
        const store = opening.result.createObjectStore(name, { keyPath });
        for (const { index, keyPath: path, ...rest } of indexes) store.createIndex(index, path, rest);
        for (const row of rows) store.put(row);
      }
    });
    (await done(opening)).close();
  }, without);
}
