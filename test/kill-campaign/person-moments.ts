import { checkOthers, checkSettled } from "./checks.ts";
import { firstBlow, lastingWords, STREAMING_MS } from "./answer-moments.ts";
import { questionOf } from "./counting-model.ts";
import { pause } from "./stage.ts";
import type { Story } from "./story.ts";

/** What may be lost of a draft: what was typed within this time before the death. */
const DRAFT_BUDGET_MS = 400;
const TYPING_EVERY_MS = 60;
const SHORT_MS = 250;

/** Messages wait in line behind an answer when it is hit. */
export async function queue(story: Story): Promise<void> {
  const { stage, plan } = story;
  const first = story.script({ words: lastingWords(story) });
  const waiting = ["a", "b"].map((suffix) => story.script({ words: 20, suffix }));
  await story.send(first);
  let from = (await story.asked(first)).arrivedAt;
  for (const each of waiting) {
    // While a message is on its way another Enter does nothing, and its text stays in the box.
    await stage.until("an empty box", async () => (await stage.page.composer.inputValue()) === "");
    await story.send(each);
    await stage.until(`${each.tag} in the queue`, () => stage.seen()?.queued.some((text) => text.includes(each.tag)));
  }
  for (const [place, blow] of plan.blows.entries()) {
    await story.reach(blow, STREAMING_MS, from);
    await story.hitAnswer(first, blow, place === plan.blows.length - 1);
    from = first.served.at(-1)?.arrivedAt ?? Date.now();
    const stored = await stage.stored();
    for (const each of waiting) {
      const places = [...stored.queue, ...stored.turns.map(({ user }) => user)].filter(
        ({ text }) => text === questionOf(each.tag),
      );
      if (places.length === 0) story.lose("queue", `${each.tag} waited in the queue, and is gone.`);
      if (places.length > 1) story.lose("duplicate", `${each.tag} is there ${places.length} times.`);
    }
  }
  await story.settle([first, ...waiting]);
  await checkSettled(story, [first, ...waiting]);
}

/** A tool that must not run twice asks first: the blow falls while it asks, or in the moments after "Allow once". */
export async function approval(story: Story): Promise<void> {
  const { stage, plan, tag } = story;
  const file = `${tag}.txt`;
  const line = `line of ${tag}`;
  const call = { id: `${tag}-1`, name: "append_file", arguments: JSON.stringify({ path: file, text: line }) };
  const counted = story.script({ words: 40, calls: [call] });
  await story.send(counted);
  const allow = stage.page.page.getByRole("button", { name: "Allow once" });
  await allow.waitFor();
  const blow = firstBlow(story);
  if (plan.choice < 0.6) await allow.click();
  await story.reach(blow, SHORT_MS);
  const { struck, start, kill } = await story.hit(blow);
  await story.timeRecovery(start, kill, tag);
  // A worker that is about to die still shows its question: a press on it would go nowhere.
  const isUp = () => struck.kind !== "worker died" || Date.now() - struck.at > 700;
  await stage.until(`${tag} answered`, async () => {
    const seen = stage.seen(start.at);
    if (seen?.state === "completed" && seen.run === "idle") return seen;
    if (isUp()) await story.press(["Allow once", "Mark as done", "Continue"]);
    await pause(50);
    return null;
  });
  await checkSettled(story, [counted]);
  const page = stage.page.page;
  const row = page.locator(".file-row", { hasText: file });
  const times = (await row.count()) === 0 ? 0 : await linesIn(story, file, line);
  if (times > 1) story.lose("duplicate", `${file} was written ${times} times.`);
  const stored = await stage.stored();
  const turn = stored.turns.find(({ user }) => user.text === questionOf(tag));
  const isDone = turn?.parts.some(
    (part) => part.kind === "tool-call" && part.output?.ok && /now 1 line/.test(part.output.text),
  );
  if (isDone === true && times === 0) story.lose("finished tool result", `${file} was written, and is not there.`);
}

async function linesIn({ stage }: Story, file: string, line: string): Promise<number> {
  const { page } = stage.page;
  await page.locator(".file-row", { hasText: file }).click();
  const preview = page.locator(".workspace").filter({ hasText: line });
  await preview.waitFor();
  return (await preview.innerText()).split(line).length - 1;
}

/** Somebody types when the app is hit; what was typed long enough ago must be in the box again. */
export async function draft(story: Story): Promise<void> {
  const { stage, plan } = story;
  const counted = story.script({ words: 20 });
  const question = questionOf(counted.tag);
  const { page } = stage.page;
  await stage.page.composer.focus();
  const typed: { readonly text: string; readonly at: number }[] = [];
  const strokes = 4 + Math.floor(plan.choice * 16);
  for (let count = 1; count <= strokes; count += 1) {
    const end = Math.round((question.length * count) / strokes);
    const from = Math.round((question.length * (count - 1)) / strokes);
    await page.keyboard.insertText(question.slice(from, end));
    typed.push({ text: question.slice(0, end), at: Date.now() });
    await pause(TYPING_EVERY_MS);
  }
  const blow = firstBlow(story);
  await story.reach(blow, 600);
  const { struck } = await story.hit(blow);
  const budget = struck.isOrderly || struck.kind === "worker died" ? 0 : DRAFT_BUDGET_MS;
  const owed = typed.findLast(({ at }) => at <= struck.at - budget)?.text ?? "";
  await stage.page.ready();
  // Asked of the box itself: where nothing changed on the screen there is no new sighting.
  const back = await stage
    .until("the draft", async () => (await stage.page.composer.inputValue()).startsWith(owed), 3_000)
    .catch(() => null);
  const now = await stage.page.composer.inputValue();
  if (back === null) story.lose("draft", `“${now}” came back of “${owed}” (${struck.kind})`);
  if (!question.startsWith(now)) story.lose("draft", `“${now}” came back of “${question}”`);
  // It becomes a message: once, and as it was finished.
  await story.send(counted);
  await story.settle([counted]);
  await checkSettled(story, [counted]);
}

/** A session is deleted, at rest or while its answer streams; whatever dies then, it never comes back. */
export async function deleting(story: Story): Promise<void> {
  const { stage, plan } = story;
  const isRunning = plan.choice < 0.5;
  const counted = story.script({ words: isRunning ? 400 : 20 });
  await story.send(counted);
  await story.asked(counted);
  if (isRunning) await stage.until("the first words", () => (stage.seen()?.reply.length ?? 0) > 20);
  else await story.settle([counted]);
  const id = story.sessionOf(await stage.stored())?.id;
  if (id === undefined) throw new Error("The session is not stored.");
  const { page } = stage.page;
  const row = stage.page.sessions.filter({ hasText: counted.tag });
  await row.focus();
  await page.keyboard.press("Delete");
  await page.getByText(/^Deleted “/).waitFor();
  const blow = firstBlow(story);
  await story.reach(blow, SHORT_MS);
  stage.deleted.add(id);
  await story.hit(blow);
  await stage.page.ready();
  const stored = await stage.stored();
  checkOthers(story, stored);
  if (!stored.tombstones.some(({ sessionId }) => sessionId === id)) {
    story.lose("resurrected deletion", `The deletion of ${counted.tag} is forgotten.`);
  }
  if ((await stage.page.sessions.filter({ hasText: counted.tag }).count()) > 0) {
    story.lose("resurrected deletion", `${counted.tag} is in the list again.`);
  }
  await page.evaluate(() => undefined).catch(() => undefined);
  await stage.page.page.evaluate(() => (location.hash = "#/new"));
}

/** A setting is changed, and "Saved" is said. */
export async function setting(story: Story): Promise<void> {
  const { stage, plan } = story;
  const { page } = stage.page;
  const before = (await stage.stored()).settings.find(({ key }) => key === "theme")?.value;
  const theme = before === "dark" ? "light" : "dark";
  await page.evaluate(() => (location.hash = "#/settings/appearance"));
  await page.locator(`input[name=theme][value=${theme}]`).check();
  await page.locator(".save-words", { hasText: /^Saved$/ }).waitFor();
  const blow = firstBlow(story);
  await story.reach(blow, plan.choice < 0.5 ? 30 : SHORT_MS);
  await story.hit(blow);
  await stage.page.page.waitForFunction(() => document.querySelector("input[name=theme]:checked") !== null);
  const stored = await stage.stored();
  const value = stored.settings.find(({ key }) => key === "theme")?.value;
  if (value !== theme) story.lose("setting", `The theme was saved as ${theme} and is ${JSON.stringify(value)}.`);
  checkOthers(story, stored);
}
