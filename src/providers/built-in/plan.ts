import { abilities } from "./abilities/registry.ts";
import type { Clause, Piece, Reading } from "./clause.ts";
import { clauseOf, cutPieces, readMessage } from "./clause.ts";
import type { Context, Step } from "./step.ts";

/** A step with the words that asked for it. */
export interface PlannedStep {
  readonly step: Step;
  readonly said: string;
}

/** Either all of a message is understood or nothing of it is run: half a plan is not what was asked for. */
export type Plan =
  | { readonly kind: "steps"; readonly steps: readonly PlannedStep[] }
  | { readonly kind: "misfit"; readonly clause: Clause; readonly isPartOfMore: boolean };

/** Reads a message as steps, in the first way of reading it in which every part fits an ability. */
export function planFor(message: string, context: Context): Plan {
  let misfit: Plan | null = null;
  for (const reading of readMessage(message)) {
    const pieces = cutPieces(reading.text);
    const steps = new Segmenter(reading, pieces, context).from(0, []);
    if (steps !== null) return { kind: "steps", steps };
    misfit ??= misfitOf(reading, pieces, context);
  }
  return misfit ?? { kind: "steps", steps: [] };
}

/** The step of the ability that is surest of the clause; the earlier one in the registry where two are as sure. */
export function matchClause(clause: Clause, context: Context): Step | null {
  let best: Step | null = null;
  for (const ability of abilities) {
    const step = ability.match(clause, context);
    if (step !== null && step.confidence > (best?.confidence ?? 0)) best = step;
  }
  return best;
}

/** Cuts as often as it can: a piece is joined with the next only where it fits nothing alone. */
class Segmenter {
  readonly #reading: Reading;
  readonly #pieces: readonly Piece[];
  readonly #context: Context;
  /** Positions from which no way leads to the end: each is tried once. */
  readonly #hopeless = new Set<number>();

  constructor(reading: Reading, pieces: readonly Piece[], context: Context) {
    this.#reading = reading;
    this.#pieces = pieces;
    this.#context = context;
  }

  from(at: number, earlier: readonly PlannedStep[]): readonly PlannedStep[] | null {
    const first = this.#pieces[at];
    if (first === undefined) return earlier;
    if (this.#hopeless.has(at)) return null;
    const context = { ...this.#context, earlier: earlier.map(({ step }) => step) };
    for (let last = at; last < this.#pieces.length; last++) {
      const piece = this.#pieces[last];
      if (piece === undefined || (last > at && !this.#mayJoin(first, piece))) break;
      const clause = clauseOf(this.#reading, first.start, piece.end);
      const step = matchClause(clause, context);
      const rest = step === null ? null : this.from(last + 1, [...earlier, { step, said: clause.said }]);
      if (rest !== null) return rest;
    }
    this.#hopeless.add(at);
    return null;
  }

  /** "then" within a text after a colon may belong to the text; anywhere else it begins a step. */
  #mayJoin(first: Piece, piece: Piece): boolean {
    return !piece.isFirm || /:\s/.test(this.#reading.text.slice(first.start, piece.start));
  }
}

function misfitOf(reading: Reading, pieces: readonly Piece[], context: Context): Plan {
  const earlier: Step[] = [];
  for (const piece of pieces) {
    const clause = clauseOf(reading, piece.start, piece.end);
    const step = matchClause(clause, { ...context, earlier });
    if (step === null) return { kind: "misfit", clause, isPartOfMore: pieces.length > 1 };
    earlier.push(step);
  }
  return { kind: "misfit", clause: clauseOf(reading, 0, reading.text.length), isPartOfMore: false };
}
