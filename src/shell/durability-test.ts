import { mintId, readId, type SessionId } from "#domain/ids.ts";
import { replyText, turnStatus, type Turn } from "#domain/turn.ts";
import type { CommandInput, CommandName, CommandResult } from "#protocol/commands.ts";
import { openPageEndpoint, type PageEndpoint } from "#protocol/endpoint.ts";
import type { WorkerEvent } from "#protocol/events.ts";
import { SELF_TEST_NAME, SELF_TEST_WORDS } from "#protocol/self-test.ts";
import type { DurabilityStep } from "#ui/ports.ts";

import { type Arrival, Finding, judgeSaved, judgeWhole, wordsOf } from "./durability-verdict.ts";
import { agentWorkerUrl } from "./trusted-urls.ts";

/** Words on screen before the worker is killed: past its first checkpoint, and far from the end. */
const KILL_AT_WORD = 120;
/** Longer than any step takes on a slow phone. */
const STEP_LIMIT_MS = 20_000;
const LOOK_AGAIN_MS = 50;

/**
 * Tests on this browser, with its own database and worker, that an answer outlives the death of the worker that writes it.
 * Everything happens under names of the test and is removed again. Tells each step when it has ended; resolves with
 * whether all held, and never rejects.
 */
export async function testDurability(unique: () => string, tell: (step: DurabilityStep) => void): Promise<boolean> {
  const name = SELF_TEST_NAME + unique();
  const trial = new Trial(name, unique);
  const steps: readonly (readonly [failure: string, run: () => Promise<string>])[] = [
    ["The test could not make a database of its own.", () => trial.start()],
    ["A message was not saved.", () => trial.send()],
    ["The answer did not arrive.", () => trial.stream()],
    ["The worker could not be killed.", () => trial.kill()],
    ["What was saved did not come back.", () => trial.recover()],
    ["The answer did not go on to its end.", () => trial.goOn()],
    ["Nobody could read the finished answer.", () => trial.readAgain()],
  ];
  let isGood = true;
  for (const [failure, run] of steps) {
    // One after the other: each stands on the one before.
    // oxlint-disable-next-line no-await-in-loop
    isGood = await timed(tell, failure, run);
    if (!isGood) break;
  }
  trial.end();
  const isClean = await timed(tell, "The test's database could not be removed.", removeDatabases);
  return isGood && isClean;
}

async function timed(
  tell: (step: DurabilityStep) => void,
  failure: string,
  run: () => Promise<string>,
): Promise<boolean> {
  const begunAt = performance.now();
  const step = (isOk: boolean, words: string): DurabilityStep => ({ isOk, words, ms: performance.now() - begunAt });
  try {
    tell(step(true, await within(run())));
    return true;
  } catch (cause) {
    const why = cause instanceof Finding ? cause.message : `(${String(cause)})`;
    tell(step(false, `${failure} ${why}`));
    return false;
  }
}

function within<Value>(work: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new Finding(`It did not end within ${STEP_LIMIT_MS / 1000} s.`));
    const timer = setTimeout(late, STEP_LIMIT_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** One worker on the test's database after the other, and what each had shown. */
class Trial {
  readonly #name: string;
  readonly #unique: () => string;
  readonly #sessionId: SessionId;
  #worker: Worker | null = null;
  #endpoint: PageEndpoint | null = null;
  #turn: Turn | null = null;
  /** The text that arrived, with its times. */
  #arrived: Arrival[] = [];
  #wordsSeen = 0;
  #killedAt = 0;
  #changed: () => void = () => undefined;

  constructor(name: string, unique: () => string) {
    this.#name = name;
    this.#unique = unique;
    this.#sessionId = readId(unique());
  }

  async start(): Promise<string> {
    await this.#begin();
    await this.#attach();
    return "Started a worker of the test with an empty database of its own.";
  }

  async send(): Promise<string> {
    const message = {
      turnId: mintId<Turn["id"]>(this.#unique),
      messageId: mintId<Turn["user"]["id"]>(this.#unique),
      text: "Count.",
      attachments: [],
      draftId: null,
    };
    await this.#ask("send-message", { sessionId: this.#sessionId, message, model: null });
    return "Sent a message. It was saved before the answer began.";
  }

  async stream(): Promise<string> {
    await this.#until(() => this.#wordsSeen >= KILL_AT_WORD);
    return `Let the answer arrive up to its word ${this.#wordsSeen} of ${SELF_TEST_WORDS}.`;
  }

  kill(): Promise<string> {
    this.#killedAt = performance.now();
    this.end();
    return Promise.resolve("Killed the worker in the middle of the answer.");
  }

  async recover(): Promise<string> {
    await this.#begin();
    await this.#untilSettled();
    if (this.#turn?.user.text !== "Count.") throw new Finding("The message was not what had been sent.");
    return `Started a new worker. ${judgeSaved(this.#arrived, this.#savedText(), this.#killedAt)}`;
  }

  async goOn(): Promise<string> {
    const from = wordsOf(this.#savedText()).length;
    await this.#ask("continue-turn", { sessionId: this.#sessionId, turnSeq: this.#turn?.seq ?? 1 });
    await this.#untilSettled("completed");
    return `Had the answer go on after word ${from}, to its end.`;
  }

  async readAgain(): Promise<string> {
    this.end();
    await this.#begin();
    await this.#untilSettled("completed");
    return `Compared the saved answer word by word: ${judgeWhole(this.#savedText())}`;
  }

  end(): void {
    this.#endpoint?.close();
    this.#worker?.terminate();
    this.#worker = null;
  }

  #savedText(): string {
    return this.#turn === null ? "" : replyText(this.#turn);
  }

  async #begin(): Promise<void> {
    const worker = new Worker(agentWorkerUrl(), { type: "module", name: this.#name });
    this.#worker = worker;
    await new Promise<void>((resolve, reject) => {
      worker.addEventListener("error", () => reject(new Finding("The browser could not start it.")));
      const channel = {
        post: (message: unknown, transfer: Transferable[] = []) => worker.postMessage(message, transfer),
        listen: (receive: (message: unknown) => void) =>
          worker.addEventListener("message", (event) => receive(event.data)),
        close: () => undefined,
      };
      const event = (told: WorkerEvent): void => this.#hear(told);
      this.#endpoint = openPageEndpoint(channel, { event, hello: () => resolve() });
    });
  }

  #hear(event: WorkerEvent): void {
    if (event.type === "run-events") {
      const text = event.events.map((one) => (one.type === "text-delta" ? one.text : "")).join("");
      this.#arrived.push({ at: performance.now(), text });
      this.#wordsSeen += wordsOf(text).length;
    }
    if (event.type === "turn-changed") this.#turn = event.turn;
    this.#changed();
  }

  async #attach(): Promise<void> {
    const { turns } = await this.#ask("attach-session", { sessionId: this.#sessionId });
    this.#turn = turns.at(-1) ?? null;
  }

  /** The browser takes a moment to give back the locks of a worker that was killed. */
  async #untilSettled(status: "interrupted" | "completed" = "interrupted"): Promise<void> {
    const endsAt = performance.now() + STEP_LIMIT_MS;
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop
      await this.#attach();
      if (this.#turn !== null && turnStatus(this.#turn) === status) return;
      if (performance.now() > endsAt) throw new Finding("The new worker did not settle it.");
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }

  #until(isThere: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = () => {
        if (isThere()) resolve();
      };
      this.#changed();
    });
  }

  async #ask<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandResult<Name>> {
    if (this.#endpoint === null) throw new Finding("The worker is gone.");
    const reply = await this.#endpoint.call(name, input);
    if (!reply.ok) throw new Finding(reply.refusal.message);
    return reply.value;
  }
}

/** Also those of a test whose page was closed in its middle. */
async function removeDatabases(): Promise<string> {
  await Promise.all((await ownDatabases()).map(remove));
  if ((await ownDatabases()).length > 0) throw new Finding("It is still there.");
  return "Removed everything that the test had made.";
}

async function ownDatabases(): Promise<string[]> {
  const all = await indexedDB.databases();
  return all.flatMap(({ name }) => (name?.startsWith(SELF_TEST_NAME) === true ? [name] : []));
}

function remove(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.addEventListener("success", () => resolve());
    request.addEventListener("error", () => reject(new Finding(String(request.error))));
  });
}
