import type { Memory } from "./memory.ts";
import { remember } from "./memory.ts";
import type { PlannedStep } from "./plan.ts";
import { isHalt } from "./source.ts";
import type { Call, Done } from "./step.ts";

/** What is to happen next: tools that may run side by side, or the answer. */
export type Progress =
  | { readonly kind: "calls"; readonly calls: readonly Call[] }
  | { readonly kind: "answer"; readonly text: string };

/** No step needs more rounds; a defect in one must not loop for ever. */
const MAX_ROUNDS = 20;

/**
 * How far the plan got, told from the calls that have run since the message. A call counts for the step that asks for
 * the same tool with the same input, so what ran is never asked for again, whoever asked for it first.
 */
export function progressOf(steps: readonly PlannedStep[], performed: readonly Done[], before: Memory): Progress {
  const left = [...performed];
  const answers: string[] = [];
  const due: Call[] = [];
  let memory = before;
  let isWriteDue = false;
  for (const [index, { step }] of steps.entries()) {
    if (due.length > 0 && (isWriteDue || step.isWriting || step.refersBack)) break;
    const walk = walkStep(step, left, memory);
    due.push(...walk.due);
    isWriteDue ||= walk.due.length > 0 && step.isWriting;
    if (walk.due.length > 0) continue;
    if (walk.trouble !== null) {
      const rest = steps.slice(index + 1).map(({ said }) => said);
      // What was due beside it never counts on: the plan ends here, and runs nothing more.
      return { kind: "answer", text: [...answers, ...walk.trouble, ...notRun(rest)].join("\n\n") };
    }
    const answer = step.answer(walk.done, memory);
    if (answer !== "") answers.push(answer);
    // "Created notes.md" is no result that anybody would save.
    memory = { ...walk.done.reduce(remember, memory), answer: step.isWriting ? null : answer };
  }
  if (due.length > 0) return { kind: "calls", calls: due };
  return { kind: "answer", text: answers.join("\n\n") };
}

interface Walk {
  readonly done: readonly Done[];
  readonly due: readonly Call[];
  /** Paragraphs that say why the plan ends at this step; null where it does not. */
  readonly trouble: readonly string[] | null;
}

function walkStep(step: PlannedStep["step"], left: Done[], memory: Memory): Walk {
  const done: Done[] = [];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = step.next(done, memory);
    if (isHalt(next)) return { done, due: [], trouble: [next.halt] };
    if (next.length === 0) break;
    const results = next.map((call) => take(left, call));
    const due = next.filter((_, index) => results[index] === undefined);
    done.push(...results.filter((result) => result !== undefined));
    if (due.length > 0) return { done, due, trouble: null };
    if (results.some((result) => result?.ok === false))
      return { done, due: [], trouble: troubleOf(step, done, memory) };
  }
  return { done, due: [], trouble: null };
}

/** The first result of just this call, taken off the list so that the next same call finds its own. */
function take(left: Done[], call: Call): Done | undefined {
  const at = left.findIndex((done) => done.tool === call.tool && isSame(done.input, call.input));
  return at < 0 ? undefined : left.splice(at, 1)[0];
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const [one, other] = [Object.entries(a), Object.entries(b)];
  return (
    one.length === other.length &&
    one.every(([key, value]) => isSame(value, (b as Readonly<Record<string, unknown>>)[key]))
  );
}

/** What was done is said, then what was not. */
function troubleOf(step: PlannedStep["step"], done: readonly Done[], memory: Memory): readonly string[] {
  const good = done.filter(({ ok }) => ok);
  const said = step.isWriting && good.length > 0 ? [step.answer(good, memory)] : [];
  const sentences = done.filter(({ ok }) => !ok).map((failed) => refusal(failed));
  return [...said, ...new Set(sentences)];
}

/** What is meant for a model ("Do not try it again", "list_files names those there are") is not for the person. */
function refusal(failed: Done): string {
  if (/did not allow|denied/i.test(failed.text)) return `You did not allow ${phrase(failed)}, so it was not done.`;
  const sentences = failed.text.trim().split(/(?<=[.!?])\s+/);
  const forPeople = sentences.filter((sentence) => !/^[a-z]+(?:_[a-z]+)+ /.test(sentence)).join(" ");
  return forPeople === "" ? failed.text.trim() || `${failed.tool} failed and did not say why.` : forPeople;
}

function phrase({ tool, input }: Done): string {
  const path = input["path"] ?? input["from"];
  return `\`${tool}\`${typeof path === "string" ? ` on \`${path}\`` : ""}`;
}

function notRun(rest: readonly string[]): readonly string[] {
  if (rest.length === 0) return [];
  return [`Not run: ${rest.map((said) => `“${said.replaceAll(/\s+/g, " ")}”`).join(", ")}.`];
}
