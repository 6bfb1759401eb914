import { code, counted } from "#providers/built-in/markdown.ts";
import type { Memory } from "#providers/built-in/memory.ts";
import type { Call, Done, Halt, Step } from "#providers/built-in/step.ts";
import { callStep, field, numberField, stringField } from "#providers/built-in/step.ts";

/** A step that writes. `path` null: the file that "it" stands for when the step's turn comes. */
export function writeStep(
  path: string | null,
  calls: (path: string, memory: Memory) => readonly Call[] | Halt,
  answer: (done: Done) => string,
  { refersBack = path === null, confidence = 0.93 } = {},
): Step {
  return callStep(
    { confidence, isWriting: true, refersBack },
    (memory) => {
      const target = path ?? memory.path;
      return target === null ? { halt: "Say which file, for example: notes.md." } : calls(target, memory);
    },
    (done) => done.map((one) => answer(one)).join("\n\n"),
  );
}

export const write = (path: string, text: string): Call => ({ tool: "write_file", input: { path, text } });
export const append = (path: string, text: string): Call => ({ tool: "append_file", input: { path, text } });
export const pathOf = (done: Done): string => code(stringField(done.input, "path") ?? "");

export function written(done: Done): string {
  const lines = numberField(done.value, "lines");
  const verb = field(done.value, "isNew") === true ? "Created" : "Wrote";
  return `${verb} ${pathOf(done)}${lines === null ? "" : `, ${counted(lines, "line")}`}.`;
}
