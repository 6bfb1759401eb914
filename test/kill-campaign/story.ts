import type { Page } from "playwright-core";
import type { Session } from "#domain/session.ts";
import { numberedWords } from "#test/helpers/numbered-words.ts";
import { startAgain, strike, type Start, type Struck } from "./blows.ts";
import { BEFORE_CALLS, type CountedAnswer, questionOf, type ServedStep, textLost } from "./counting-model.ts";
import type { Blow, Plan } from "./plan.ts";
import { pause, type Stage } from "./stage.ts";
import type { StoredWork } from "./stored.ts";
import { type Sighting, Witness } from "./witness.ts";

/** What a killed process may cost of the text that had arrived. */
const TEXT_BUDGET_MS = 1000;
/** Fast enough for the end of a story not to be waited for. */
const AT_ONCE = 100_000;
/** The app goes on by itself 1.2 s after it has come back; the person presses Continue when it has not by then. */
const BY_ITSELF_MS = 4_000;
/** A request that was cut is known to be so at once: one that is still open then belongs to a run that lives. */
const ALIVE_AFTER_MS = 700;

/** The promises that a kill can break, as they are counted. */
export type LossKind =
  | "user turn"
  | "finished tool result"
  | "streamed text"
  /** Within the second of a killed process, where a close with a worker of the tab's own should cost nothing. */
  | "text at a close"
  | "duplicate"
  | "order"
  | "resurrected deletion"
  | "queue"
  | "setting"
  | "draft"
  | "settled work changed"
  | "stuck";

export interface Loss {
  readonly kind: LossKind;
  readonly words: string;
}

/** One blow and what came of it. */
export interface Kill {
  readonly story: number;
  readonly moment: Plan["moment"];
  readonly host: Plan["host"];
  readonly blow: Blow["kind"];
  /** Whether the next start was hit as well; then these are two kills. */
  readonly isTwice: boolean;
  /** Ms of streamed text, by its arrival, that did not come back. Null: nothing was streaming. */
  lostMs: number | null;
  /** Ms from the start (of the page; of the browser, where that was killed) to the work on the screen. */
  recoveryMs: number | null;
}

/** One story on its way: what happened in it, and what it found. */
export class Story {
  readonly stage: Stage;
  readonly plan: Plan;
  readonly kills: Kill[] = [];
  readonly losses: Loss[] = [];

  constructor(stage: Stage, plan: Plan) {
    this.stage = stage;
    this.plan = plan;
  }

  get tag(): string {
    return `kill-${this.plan.number}`;
  }

  lose(kind: LossKind, words: string): void {
    this.losses.push({ kind, words });
  }

  /** Scripts what the model says to the message of this tag. */
  script(fields: { readonly words: number; readonly calls?: CountedAnswer["calls"]; readonly suffix?: string }) {
    const { charactersPerSecond, headersAfterMs } = this.plan;
    const { words, calls = [], suffix = "" } = fields;
    return this.stage.model.script({ tag: this.tag + suffix, words, calls, charactersPerSecond, headersAfterMs });
  }

  async send(counted: CountedAnswer): Promise<number> {
    await this.stage.page.send(questionOf(counted.tag));
    return Date.now();
  }

  /** Resolves when the model has been asked for this answer. */
  asked(counted: CountedAnswer, since = 0): Promise<ServedStep> {
    return this.stage.until(`a request for ${counted.tag}`, () =>
      counted.served.find(({ arrivedAt }) => arrivedAt >= since),
    );
  }

  /** The blow falls, and the app is started again. */
  async hit(blow: Blow): Promise<{ readonly struck: Struck; readonly start: Start; readonly kill: Kill }> {
    const { stage } = this;
    const { page } = stage.page;
    const address = page.url();
    const struck = await strike(stage, blow, page);
    const start = await startAgain(stage, struck, blow, address);
    stage.page = start.page;
    const kill = this.noteKill(blow.kind, blow.againAfterMs !== null && start.isNewPage);
    return { struck, start, kill };
  }

  noteKill(blow: Kill["blow"], isTwice: boolean): Kill {
    const { number, moment, host } = this.plan;
    const kill: Kill = { story: number, moment, host, blow, isTwice, lostMs: null, recoveryMs: null };
    this.kills.push(kill);
    return kill;
  }

  /** The first sighting after a start of which it holds. */
  seenAfter(start: Start, holds: (seen: Sighting) => boolean): Sighting | null {
    const since = start.at - 5;
    const isAfter = (seen: Sighting) => !start.isNewPage || seen.at - seen.sinceStartMs >= since;
    return this.stage.firstSeen(since, (seen) => isAfter(seen) && holds(seen));
  }

  /** Notes how long the message took to be on the screen again. */
  async timeRecovery(start: Start, kill: Kill, tag: string): Promise<void> {
    const seen = await this.stage.until(`the message of ${tag} on the screen`, () =>
      this.seenAfter(start, ({ questions }) => questions.some((text) => text.includes(`(${tag})`))),
    );
    if (start.isNewPage) kill.recoveryMs = seen.at - start.at;
  }

  /**
   * An answer was hit while it was on its way: waits until it goes on, or has ended, and counts what came back.
   * `isLast`: no other blow follows in this answer, so that the rest may come at once.
   */
  async hitAnswer(counted: CountedAnswer, blow: Blow, isLast: boolean): Promise<void> {
    const { stage } = this;
    const before = counted.served.at(-1);
    if (isLast) {
      counted.charactersPerSecond = AT_ONCE;
      counted.headersAfterMs = 0;
    }
    const { struck, start, kill } = await this.hit(blow);
    await this.timeRecovery(start, kill, counted.tag);
    const shown = struck.isOrderly ? await Witness.lastShown(stage.page.page) : null;
    const next = await stage.until(`${counted.tag} going on`, () => this.#goneOn(counted, struck, start));
    if (before === undefined) return;
    this.#countText(counted, before, next, struck, kill, shown);
  }

  /** The next request, or "ended" without one, or "alive": the run was not hit at all and goes on. */
  async #goneOn(counted: CountedAnswer, struck: Struck, start: Start): Promise<ServedStep | "ended" | "alive" | null> {
    const { stage, plan } = this;
    const next = counted.served.find(({ arrivedAt }) => arrivedAt > struck.at);
    const seen = this.seenAfter(start, ({ questions }) => questions.length > 0) === null ? null : stage.seen(struck.at);
    // A worker's death is seen late: before it the old state is still on the screen.
    if (next !== undefined) return next;
    const isAlive = counted.served.at(-1)?.request.isAborted === false;
    if (seen?.state === "completed" && seen.run === "idle") return "ended";
    if (seen?.state === "running" && isAlive && Date.now() - start.at > ALIVE_AFTER_MS) return "alive";
    const isContinuedByHand = plan.isContinuedByHand || Date.now() - start.at > BY_ITSELF_MS;
    await this.press(isContinuedByHand ? ["Continue", "Send again"] : []);
    return null;
  }

  #countText(
    counted: CountedAnswer,
    before: ServedStep,
    next: ServedStep | "ended" | "alive",
    struck: Struck,
    kill: Kill,
    shown: Sighting | null,
  ): void {
    kill.lostMs = 0;
    // Whether it is whole is seen at its end.
    if (next === "ended" || next === "alive") return;
    const whole = wholeOf(counted, before.step);
    if (next.step < before.step) {
      this.lose(
        "finished tool result",
        `The model had read the results of ${counted.tag} and was asked again without.`,
      );
      return;
    }
    if (next.step > before.step) return;
    const had = next.had.trimEnd();
    if (!whole.startsWith(had)) {
      this.lose(
        "streamed text",
        `What came back of ${counted.tag} is no beginning of what was sent: …${had.slice(-60)}`,
      );
      return;
    }
    const length = whole[had.length] === " " ? had.length + 1 : had.length;
    const { lostMs, lostCharacters } = textLost(before, length, struck.at);
    kill.lostMs = lostMs;
    const where = `${counted.tag}, ${struck.kind}: ${lostCharacters} characters, the first ${lostMs} ms before the end`;
    if (lostMs > TEXT_BUDGET_MS) this.lose("streamed text", where);
    const wasShown = shown !== null && shown.at >= struck.at && shown.reply.length > had.length;
    if (wasShown && whole.startsWith(shown.reply)) {
      const isClose = struck.kind === "tab closed" && this.plan.host === "dedicated";
      const kind = isClose ? "text at a close" : "streamed text";
      this.lose(kind, `${where}; ${shown.reply.length - had.length} of them had been on the screen`);
    }
  }

  /** Presses the first button of one of these names that can be pressed. @returns whether there was one */
  async press(names: readonly string[], page: Page = this.stage.page.page): Promise<boolean> {
    if (names.length === 0) return false;
    return page.evaluate((wanted) => {
      const buttons = [...document.querySelectorAll<HTMLButtonElement>("main button, button")];
      const found = buttons.find(
        (button) => wanted.includes(button.textContent.trim()) && button.ariaDisabled !== "true" && !button.disabled,
      );
      found?.click();
      return found !== undefined;
    }, names);
  }

  /** Waits until everything that was asked in the session on screen is answered. */
  async settle(counted: readonly CountedAnswer[]): Promise<void> {
    for (const each of counted) {
      each.charactersPerSecond = AT_ONCE;
      each.headersAfterMs = 0;
    }
    const last = counted.at(-1);
    if (last === undefined) return;
    const since = Date.now();
    await this.stage.until(`${last.tag} completed`, async () => {
      const seen = this.stage.seen();
      const isLast = seen?.questions.at(-1)?.includes(`(${last.tag})`) === true && seen.queued.length === 0;
      if (isLast && seen.state === "completed" && seen.run === "idle") return seen;
      const isLate = this.plan.isContinuedByHand || Date.now() - since > BY_ITSELF_MS;
      await this.press(isLate ? ["Continue", "Send next", "Send again"] : []);
      return null;
    });
  }

  /** The session of the story, told by its message. */
  sessionOf(stored: StoredWork): Session | undefined {
    const turn = stored.turns.find(({ user }) => user.text === questionOf(this.tag));
    return stored.sessions.find(({ id }) => id === turn?.sessionId);
  }

  /** Waits for a moment within the app's next `ms`, as the blow says. */
  async reach(blow: Blow, ms: number, from = Date.now()): Promise<void> {
    await pause(Math.max(0, from + blow.at * ms - Date.now()));
  }
}

export function wholeOf(counted: CountedAnswer, step: number): string {
  return counted.calls.length > 0 && step === 0 ? BEFORE_CALLS : numberedWords(counted.words);
}
