import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { seamFilter } from "#agent/seam.ts";
import type { ContinuationStyle } from "#providers/provider.ts";

const ANSWER = Array.from({ length: 300 }, (_, index) => `w${index + 1}`).join(" ");

function join(existing: string, deltas: readonly string[], style: ContinuationStyle): string {
  const filter = seamFilter(existing, style);
  return existing + deltas.map((delta) => filter.push(delta)).join("") + filter.end();
}

function cutUp(text: string, sizes: readonly number[]): string[] {
  const deltas: string[] = [];
  let at = 0;
  for (let index = 0; at < text.length; index++) {
    const size = 1 + (sizes[index % sizes.length] ?? 3);
    deltas.push(text.slice(at, at + size));
    at += size;
  }
  return deltas;
}

const cutPoint = fc.integer({ min: 1, max: ANSWER.length - 1 });
const sizes = fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 10 });
const styles = fc.constantFrom<ContinuationStyle>("prefill", "instruct");

describe("seamFilter", () => {
  it("[R5] joins an exact continuation to the whole answer, wherever it was cut", () => {
    fc.assert(
      fc.property(cutPoint, sizes, styles, (cut, by, style) => {
        expect(join(ANSWER.slice(0, cut), cutUp(ANSWER.slice(cut), by), style)).toBe(ANSWER);
      }),
      { numRuns: 1000 },
    );
  });

  it("[R5] drops the part that a server without memory sends again from the start", () => {
    fc.assert(
      fc.property(cutPoint, sizes, styles, (cut, by, style) => {
        expect(join(ANSWER.slice(0, cut), cutUp(ANSWER, by), style)).toBe(ANSWER);
      }),
      { numRuns: 1000 },
    );
  });

  it("[R5] drops the last words when a model that was told to go on repeats them", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 250, max: ANSWER.length - 1 }),
        fc.integer({ min: 12, max: 200 }),
        sizes,
        (cut, repeated, by) => {
          expect(join(ANSWER.slice(0, cut), cutUp(ANSWER.slice(cut - repeated), by), "instruct")).toBe(ANSWER);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("lets a restart that ends early add nothing", () => {
    expect(join(ANSWER, cutUp(ANSWER.slice(0, 500), [7]), "instruct")).toBe(ANSWER);
  });

  it("keeps a remainder that equals the beginning, where the server goes on exactly", () => {
    const paragraph = "The same words twice.";
    expect(join(`${paragraph}\n\n`, [paragraph], "prefill")).toBe(`${paragraph}\n\n${paragraph}`);
  });

  it("never loses a continuation that only looks like a repetition for a while", () => {
    expect(join("to be or not", [" to", " be", " that"], "instruct")).toBe("to be or not to be that");
  });
});
