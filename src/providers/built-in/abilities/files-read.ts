import type { Clause } from "#providers/built-in/clause.ts";
import { unquoteBlocks } from "#providers/built-in/clause.ts";
import { bullets, code, counted, fenced, grouped } from "#providers/built-in/markdown.ts";
import { canReferBack, pathsIn } from "#providers/built-in/source.ts";
import type { Ability, Done, Step } from "#providers/built-in/step.ts";
import { callStep, listField, numberField, stringField } from "#providers/built-in/step.ts";
import { fileWords, givenText } from "./file-words.ts";

export const reading: Ability = {
  id: "show",
  about: "Show a file",
  examples: ["show notes.md", "show lines 1 to 10 of notes.md"],
  words: "show read open display print view cat content contents zeige öffne lies",
  suggest: ({ path }) => (path === null ? null : `show ${path}`),
  match: (clause, context) => {
    const { path, text } = fileWords(clause, context);
    const isAsked =
      /^(?:show|read|open|display|print|view|cat|see|zeige?|öffne|lies)(?: me| mir)?(?: (?:the|all|whole|full|content|contents|text|file|of|first|last|line|lines|to|from|and|through|\d+|-|bis|zeilen?))*$/i.test(
        text,
      ) ||
      /^what(?:'s| is| does)?(?: (?:in|inside|written in|the contents? of|written|contain|say|does|it))*$/i.test(text);
    const points =
      path === null &&
      /^(?:show|read|open|display|print|view|zeige?)(?: me)? (?:it|that|the file|this file|that file|the list|the note|the result)$/i.test(
        clause.text,
      );
    if (!(isAsked && path !== null) && !(points && canReferBack(context))) return null;
    const lines = linesAsked(text);
    return callStep(
      { confidence: 0.9, refersBack: path === null },
      (memory) => {
        const target =
          path ?? (memory.subject?.kind === "file" ? memory.subject.path : memory.output === null ? memory.path : null);
        if (target !== null) return [{ tool: "read_file", input: { path: target, ...lines } }];
        return memory.output === null ? { halt: "There is nothing yet to show. Name a file." } : [];
      },
      (done, memory) => (done.length === 0 ? fenced(memory.output ?? "") : done.map(readAnswer).join("\n\n")),
    );
  },
};

function linesAsked(text: string): { readonly fromLine?: number; readonly lineCount?: number } {
  const range = /\b(?:lines?|zeilen?)\s+(\d+)(?:\s*(?:to|-|through|bis)\s*(\d+))?/i.exec(text);
  const first = /\bfirst\s+(\d+)\s+lines?\b/i.exec(text)?.[1];
  if (first !== undefined) return { fromLine: 1, lineCount: Number(first) };
  if (range?.[1] === undefined) return {};
  const [from, to] = [Math.max(Number(range[1]), 1), Number(range[2] ?? range[1])];
  return { fromLine: from, lineCount: Math.max(to - from + 1, 1) };
}

function readAnswer(done: Done): string {
  const path = stringField(done.input, "path") ?? "";
  const text = stringField(done.value, "text");
  if (text === "") return `${code(path)} is empty.`;
  const block = `${code(path)}:\n\n${fenced(text ?? done.text, /\.(\w+)$/.exec(path)?.[1] ?? "")}`;
  const all = numberField(done.value, "lines");
  const first = numberField(done.input, "fromLine") ?? 1;
  const last = first - 1 + (text ?? "").replace(/\n$/, "").split("\n").length;
  if (all === null || text === null || (first === 1 && last >= all)) return block;
  return `${block}\n\nLines ${grouped(first)} to ${grouped(last)} of ${grouped(all)}.`;
}

export const listing: Ability = {
  id: "files",
  about: "List the files of this session",
  examples: ["list my files"],
  words: "list files documents folder workspace ls dir dateien",
  match: (clause) => {
    if (
      !/^(?:(?:list|show|display|see|zeige?|liste)(?: me)?(?: (?:all|the|my|of|alle|meine|die))* (?:files|documents|notes|workspace|dateien|dokumente)(?: (?:in|of) (?:this session|the workspace|here))?|(?:what|which) (?:files|documents|notes)(?: (?:do i have|are there|are here|exist|have i|are in (?:the workspace|this session)))?|how many files(?: (?:do i have|are there))?|ls|dir|files|my files|welche dateien.*)$/i.test(
        clause.text,
      )
    )
      return null;
    return callStep(
      { confidence: 0.95 },
      () => [{ tool: "list_files", input: {} }],
      ([done]) => (done === undefined ? "" : filesAnswer(done)),
    );
  },
};

function filesAnswer(done: Done): string {
  const files = listField(done.value, "files");
  if (files.length === 0)
    return "There are no files in this session yet. “make a shopping list in shopping.md with milk, bread” creates one.";
  const rows = files.map((file) => {
    const size = numberField(file, "size");
    return `${code(stringField(file, "path") ?? "")}${size === null ? "" : `, ${bytes(size)}`}`;
  });
  return `**${counted(files.length, "file")}**\n\n${bullets(rows)}`;
}

function bytes(size: number): string {
  if (size < 1000) return counted(size, "byte");
  const [value, unit] = size < 1e6 ? [size / 1e3, "kB"] : [size / 1e6, "MB"];
  return `${grouped(Number(value.toPrecision(3)))} ${unit}`;
}

const MY_FILES =
  "(?:all )?(?:of )?(?:my |the |these |alle[nr]? |meine[nr]? )?(?:files|documents|notes|workspace|dateien)";
const FINDS: readonly RegExp[] = [
  new RegExp(
    `^(?:find|search(?: for)?|look(?: for| up)?|grep|locate|suche?(?: nach)?|finde) ([\\s\\S]+?) (?:in|within|across|through|throughout) ${MY_FILES}$`,
    "i",
  ),
  new RegExp(`^(?:search|look|grep)(?: (?:in|through|within))? ${MY_FILES} (?:for|nach) ([\\s\\S]+)$`, "i"),
  /^(?:which|what) (?:of my )?(?:files?|notes?|documents?) (?:mentions?|contains?|has|have|talks? about|includes?) ([\s\S]+)$/i,
  /^grep (?:for )?([\s\S]+)$/i,
];
const FIND_IN_ONE = /^(?:find|search(?: for)?|look for|grep|locate|suche?(?: nach)?|finde) ([\s\S]+?)$/i;
const SEARCH_ONE_FOR = /^(?:search|look) (?:for|nach) ([\s\S]+)$/i;

export const finding: Ability = {
  id: "find",
  about: "Find words in your files",
  examples: ["find soap in my files"],
  words: "find search grep look locate where files mention contains suche finde",
  suggest: ({ topic }) => (topic === null ? null : `find ${topic} in my files`),
  match: (clause, context) => {
    for (const pattern of FINDS) {
      const query = pattern.exec(clause.text)?.[1];
      if (query !== undefined && !/\b(?:my|all|past|old) (?:sessions?|conversations?)\b/i.test(query))
        return findStep(query, clause, null);
    }
    const path = pathsIn(clause, context)[0];
    if (path === undefined) return null;
    const { text } = fileWords(clause, context);
    const query = (SEARCH_ONE_FOR.exec(text) ?? FIND_IN_ONE.exec(text))?.[1];
    return query === undefined ? null : findStep(query, clause, path);
  },
};

const SHOWN_LINES = 20;

function findStep(words: string, clause: Clause, within: string | null): Step | null {
  const named = words.replace(/^(?:the (?:word|words|text|phrase)|for|every|all)\s+/i, "");
  const literal =
    /^\/(.+)\/[a-z]*$/s.exec(named)?.[1] ?? /^\/(.+)\/[a-z]*$/s.exec(unquoteBlocks(named, clause.blocks))?.[1];
  const query = literal ?? givenText(named, clause);
  if (query === "") return null;
  const input = literal === undefined ? { query } : { query, isPattern: true };
  return callStep(
    { confidence: 0.92 },
    () => [{ tool: "find_in_files", input }],
    ([done]) => (done === undefined ? "" : findAnswer(done, query, within)),
  );
}

function findAnswer(done: Done, query: string, within: string | null): string {
  const matches = listField(done.value, "matches").filter(
    (match) => within === null || stringField(match, "path") === within,
  );
  const place = within === null ? "your files" : code(within);
  if (matches.length === 0) return `${code(query)} is not in ${place}.`;
  const rows = matches
    .slice(0, SHOWN_LINES)
    .map(
      (match) =>
        `${code(stringField(match, "path") ?? "")} line ${numberField(match, "line") ?? "?"}: ${code(stringField(match, "text") ?? "")}`,
    );
  const more = matches.length > SHOWN_LINES ? `\n\nThe first ${SHOWN_LINES} of ${matches.length}.` : "";
  return `**${counted(matches.length, "line")}** with ${code(query)} in ${place}:\n\n${bullets(rows)}${more}`;
}
