import type { JsonObject } from "#domain/json.ts";
import { code, fenced } from "#providers/built-in/markdown.ts";
import type { Source } from "#providers/built-in/source.ts";
import { isHalt, sourceInput } from "#providers/built-in/source.ts";
import type { Call, Context, Done, Step } from "#providers/built-in/step.ts";
import { callStep, stringField } from "#providers/built-in/step.ts";

/** A step that gives each source to one tool. Sessions can be read by the two tools that take them, and by no other. */
export function sourceStep(
  sources: readonly Source[],
  context: Context,
  work: {
    readonly tool: string;
    readonly input?: JsonObject;
    readonly confidence?: number;
    readonly answer: (done: Done) => string;
  },
): Step {
  const takesSession = work.tool === "summarise" || work.tool === "keywords";
  return callStep(
    { confidence: work.confidence ?? 0.9, refersBack: sources.some(({ kind }) => kind === "back") },
    (memory) => {
      const calls: Call[] = [];
      for (const source of sources) {
        const input = sourceInput(source, memory, context);
        if (isHalt(input)) return input;
        if ("sessionId" in input && !takesSession) {
          return { halt: "That is a session. It can be summarised or searched; other tools need a text or a file." };
        }
        calls.push({ tool: work.tool, input: { ...work.input, ...input } });
      }
      return calls;
    },
    (done) => done.map((one) => work.answer(one)).join("\n\n"),
  );
}

/** "`notes.md`" where the call read a file, else the words given. */
export function subjectOf(done: Done, otherwise: string): string {
  const path = stringField(done.input, "path");
  return path === null ? otherwise : code(path);
}

/** The text that a tool made, as a block under the name of its file. */
export function madeText(done: Done, language = ""): string {
  const text = stringField(done.value, "text") ?? done.text;
  if (text === "") return `${subjectOf(done, "The result")} is empty.`;
  const path = stringField(done.input, "path");
  return `${path === null ? "" : `From ${code(path)}:\n\n`}${fenced(text, language)}`;
}

/** A list in one line becomes lines: "pear, apple, fig" has three of them for a tool that works line by line. */
export function listToLines(text: string): string {
  if (text.includes("\n")) return text;
  const items = text.split(/\s*[,;]\s*(?:and\s+|und\s+)?|\s+(?:and|und)\s+/).filter((item) => item !== "");
  return items.length > 1 ? items.join("\n") : text;
}
