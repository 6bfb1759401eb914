import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Gallery } from "./gallery/gallery.tsx";
import { SCENES } from "./gallery/scenes.ts";
import { startBrowser, type TestBrowser } from "#test/helpers/browser.ts";
import { serveGallery } from "#test/helpers/gallery-server.ts";

declare const gallery: Gallery;

let server: Awaited<ReturnType<typeof serveGallery>>;
let browser: TestBrowser;

beforeAll(async () => {
  server = await serveGallery();
  browser = await startBrowser({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

async function open(query: string, size = { width: 1440, height: 900 }): Promise<Page> {
  const page = await browser.context.newPage();
  await page.setViewportSize(size);
  await page.goto(`${server.url}?${query}`);
  await page.getByTestId("message").first().waitFor();
  return page;
}

function box(page: Page) {
  return page.getByTestId("transcript");
}

function fromEnd(page: Page): Promise<number> {
  return box(page).evaluate((element) => element.scrollHeight - element.clientHeight - element.scrollTop);
}

/** Streams paragraphs until the answer is several screens long. */
async function streamParagraphs(page: Page, count: number): Promise<void> {
  await page.evaluate(async (paragraphs) => {
    for (let index = 0; index < paragraphs; index++) {
      gallery.text(`Paragraph ${String(index)} of the answer, with a few **bold** words and \`code\` in it.\n\n`);
      await new Promise(requestAnimationFrame);
    }
    // Longer than the interval in which drawings are merged.
    await new Promise((resolve) => setTimeout(resolve, 120));
  }, count);
}

const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: readonly Violation[] }> };
    };
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const result = await axe.run({
      runOnly: { type: "tag", values: tags },
      rules: { "target-size": { enabled: true } },
    });
    return result.violations;
  });
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
}

/** Twenty pages, each looked at by axe: seconds on a free machine, a minute on a busy one. */
const ALL_SCENES_MS = 180_000;

describe("every state of the transcript", () => {
  it.each([
    { theme: "light", width: 1440, height: 900 },
    { theme: "dark", width: 320, height: 568 },
  ])(
    "breaks no accessibility rule and fits the window: $theme, $width px",
    async ({ theme, width, height }) => {
      for (const scene of Object.keys(SCENES)) {
        const page = await open(`scene=${scene}&theme=${theme}`, { width, height });
        expect({ scene, violations: await violations(page) }).toEqual({ scene, violations: [] });
        const isTooWide = await box(page).evaluate((element) => element.scrollWidth > element.clientWidth);
        expect({ scene, isTooWide }).toEqual({ scene, isTooWide: false });
        await page.close();
      }
    },
    ALL_SCENES_MS,
  );
});

describe("an answer that streams", () => {
  it("[V2] leaves finished blocks as they are: neither drawn again nor replaced", async () => {
    const page = await open("scene=pending&live=1");
    await page.evaluate(() => gallery.begin());
    await streamParagraphs(page, 100);
    const answer = page.locator('[data-role="assistant"]').last();
    await answer.locator("p").nth(98).waitFor();
    const drawn = await answer.evaluate(async (element) => {
      const finished = [...element.querySelectorAll(".prose p")].slice(0, 95);
      const before = gallery.drawings.count;
      for (let index = 0; index < 40; index++) {
        gallery.text("more words ");
        await new Promise(requestAnimationFrame);
      }
      await new Promise((resolve) => setTimeout(resolve, 120));
      const after = [...element.querySelectorAll(".prose p")].slice(0, 95);
      return {
        finished: finished.length,
        areSame: finished.every((node, index) => node === after[index]),
        drawings: gallery.drawings.count - before,
      };
    });
    expect(drawn).toMatchObject({ finished: 95, areSame: true });
    // One open block for each of at most 40 drawings, and not one of the hundred finished ones.
    expect(drawn.drawings).toBeLessThanOrEqual(41);
    await page.close();
  });

  it("[V3] is followed until the reader scrolls up, and again when the reader comes back", async () => {
    const page = await open("scene=many&live=1");
    await page.evaluate(() => gallery.begin());
    await streamParagraphs(page, 30);
    expect(await fromEnd(page)).toBeLessThan(2);

    await box(page).hover();
    await page.mouse.wheel(0, -400);
    await page.getByRole("button", { name: "Latest" }).waitFor();
    const place = await box(page).evaluate((element) => element.scrollTop);
    await streamParagraphs(page, 10);
    expect(await box(page).evaluate((element) => element.scrollTop)).toBe(place);
    await page.getByRole("button", { name: "New text" }).waitFor();

    await page.evaluate(() => gallery.end());
    await page.getByRole("button", { name: "Finished" }).click();
    expect(await fromEnd(page)).toBeLessThan(2);
    await expect.poll(() => page.locator(".pill").count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.getAttribute("data-testid"))).toBe("transcript");
    await page.close();
  });

  it("[V3] does not move while words in it are selected", async () => {
    const page = await open("scene=many&live=1");
    await page.evaluate(() => gallery.begin());
    await streamParagraphs(page, 30);
    await page.locator(".prose p").last().selectText();
    const place = await box(page).evaluate((element) => element.scrollTop);
    await streamParagraphs(page, 10);
    expect(await box(page).evaluate((element) => element.scrollTop)).toBe(place);
    expect(await page.evaluate(() => getSelection()?.isCollapsed)).toBe(false);
    await page.close();
  });

  it("brings the reader to the end when a message is sent, but not when a queue sends one", async () => {
    const page = await open("scene=many&live=1");
    await box(page).hover();
    await page.mouse.wheel(0, -600);
    await page.getByRole("button", { name: "Latest" }).waitFor();
    await page.evaluate(() => gallery.begin(Date.now() - 60_000));
    await streamParagraphs(page, 3);
    expect(await fromEnd(page)).toBeGreaterThan(100);
    await page.evaluate(() => gallery.begin());
    await expect.poll(() => fromEnd(page)).toBeLessThan(2);
    await page.close();
  });

  it("says what is saved with its line: ticks for checkpoints", async () => {
    const page = await open("scene=pending&live=1");
    await page.evaluate(() => gallery.begin());
    for (let round = 0; round < 3; round++) {
      await streamParagraphs(page, 4);
      await page.evaluate(() => gallery.saved());
    }
    await expect.poll(() => page.locator(".turn").last().locator(".rail-tick").count()).toBe(3);
    await page.evaluate(() => gallery.end());
    await page.locator('[data-role="assistant"][data-state="completed"] .rail[data-kind="saved"]').last().waitFor();
    await page.close();
  });

  it("[Z2] asks no other server for anything", async () => {
    const page = await browser.context.newPage();
    const foreign: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(server.url) && !request.url().startsWith("data:")) foreign.push(request.url());
    });
    await page.goto(`${server.url}?scene=markdown`);
    await page.getByText("not loaded, from tracker.example").waitFor();
    await page.locator(".syn-keyword").first().waitFor();
    expect(foreign).toEqual([]);
    expect(await page.locator('.prose a[target="_blank"]:not([rel="noopener noreferrer"])').count()).toBe(0);
    await page.close();
  });
});

describe("what was read", () => {
  it("stays where it is when earlier turns come in above it", async () => {
    const page = await open("scene=many&paged=1");
    await box(page).hover();
    await page.mouse.wheel(0, -200);
    const seen = page.locator("[data-turn]").nth(2);
    const before = (await seen.boundingBox())?.y;
    const seq = await seen.getAttribute("data-turn");
    await expect.poll(() => page.locator("[data-turn]").count()).toBeGreaterThan(5);
    const after = (await page.locator(`[data-turn="${seq ?? ""}"]`).boundingBox())?.y;
    expect(Math.abs((after ?? 0) - (before ?? 0))).toBeLessThan(2);
    await page.close();
  });

  it("is found again by the address of a turn, pages above included", async () => {
    const page = await open("scene=many&paged=1");
    await page.evaluate(() => gallery.goTo(2));
    await expect
      .poll(async () => {
        const top = (await box(page).boundingBox())?.y ?? 0;
        return Math.abs(((await page.locator('[data-turn="2"]').boundingBox())?.y ?? 9_999) - top);
      })
      .toBeLessThan(60);
    await page.close();
  });
});

describe("the keyboard", () => {
  it("decides about a tool only inside its card, and only after a moment", async () => {
    const page = await open("scene=tools");
    const asked = () =>
      page.evaluate(() => gallery.asked.filter(({ name }) => name === "resolve-approval").map(({ input }) => input));
    await box(page).focus();
    await page.keyboard.press("a");
    const card = page.getByRole("group", { name: /Needs approval/ });
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 700)));
    await page.keyboard.press("a");
    expect(await asked()).toEqual([]);
    await card.getByRole("heading").focus();
    await page.keyboard.press("Enter");
    expect(await asked()).toEqual([]);
    await page.keyboard.press("d");
    expect(await asked()).toMatchObject([{ approvalId: "a2", decision: "deny" }]);
    await page.close();
  });

  it("edits a message in its place: Escape leaves it, Ctrl and Enter send it", async () => {
    const page = await open("scene=versions");
    const message = page.locator('[data-role="user"]').last();
    await message.getByRole("button", { name: "Edit your message" }).click();
    await message.getByRole("textbox", { name: "Edit your message" }).fill("Something else");
    await page.keyboard.press("Escape");
    await message.getByText("What is in these files?").waitFor();
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Edit your message");

    await page.keyboard.press("Enter");
    await message.getByRole("textbox").fill("What is in them?");
    await page.keyboard.press("Control+Enter");
    const [edit] = await page.evaluate(() =>
      gallery.asked.filter(({ name }) => name === "edit-message").map(({ input }) => input),
    );
    expect(edit).toMatchObject({ turnSeq: 2, message: { text: "What is in them?" } });
    await message.getByText("What is in these files?").waitFor();
    await page.close();
  });

  it("moves between messages and presses the buttons of the one that has the focus", async () => {
    const page = await open("scene=versions");
    await box(page).focus();
    await page.keyboard.press("k");
    for (let index = 0; index < 9; index++) await page.keyboard.press("j");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("data-role"))).toBe("assistant");
    await page.keyboard.press("]");
    await expect
      .poll(() =>
        page.evaluate(() => gallery.asked.filter(({ name }) => name === "select-turn").map(({ input }) => input)),
      )
      .toMatchObject([{ turnSeq: 5 }]);
    await page.close();
  });
});
