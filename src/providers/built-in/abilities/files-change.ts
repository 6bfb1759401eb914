import type { Clause } from "#providers/built-in/clause.ts";
import { unquoteBlocks } from "#providers/built-in/clause.ts";
import { code, counted, plain } from "#providers/built-in/markdown.ts";
import { canReferBack, pathsIn } from "#providers/built-in/source.ts";
import type { Ability, Context, Done, Step } from "#providers/built-in/step.ts";
import { callStep, numberField, stringField } from "#providers/built-in/step.ts";
import { fileWords, givenText } from "./file-words.ts";
import { pathOf, write, writeStep } from "./write-step.ts";

export const replacing: Ability = {
  id: "replace",
  about: "Replace text in a file",
  examples: ["replace tent with tarp in notes.md", 'replace all "-" with "*" in notes.md'],
  words: "replace change substitute swap correct edit ersetze",
  match: (clause, context) => {
    const { path, text, isPointing } = fileWords(clause, context);
    if (path === null && !(isPointing && canReferBack(context))) return null;
    const match =
      /^(?:replace|substitute|change|swap|ersetze)\s+(all |every |each |any |alle )?(?:(?:occurrences|instances) of )?(?:the (?:word|text|line) )?([\s\S]+?)\s+(?:with|by|to|into|for|durch|mit|zu)\s+(?:the (?:word|text|line) )?([\s\S]+?)(?: (everywhere|throughout))?$/i.exec(
        text,
      );
    const [, all, find, replace, everywhere] = match ?? [];
    if (find === undefined || replace === undefined) return null;
    const isAll = all !== undefined || everywhere !== undefined;
    const input = { find: givenText(find, clause), replace: givenText(replace, clause), ...(isAll ? { isAll } : {}) };
    return writeStep(
      path,
      (target) => [{ tool: "replace_in_file", input: { path: target, ...input } }],
      (done) => {
        const count = numberField(done.value, "replacements") ?? 1;
        return `Replaced ${code(input.find)} with ${code(input.replace)} in ${pathOf(done)}, ${counted(count, "time")}.`;
      },
    );
  },
};

export const renaming: Ability = {
  id: "rename",
  about: "Rename, move, copy and delete files",
  examples: ["rename notes.md to packing.md", "copy notes.md to backup.md", "delete old.md"],
  words: "rename move copy duplicate delete remove file umbenennen kopiere lösche",
  suggest: ({ path }) => (path === null ? null : `copy ${path} to backup.md`),
  match: (clause, context) => renameStep(clause, context) ?? copyStep(clause, context) ?? deleteStep(clause, context),
};

function renameStep(clause: Clause, context: Context): Step | null {
  if (!/^(?:rename|move|benenne)\b/i.test(clause.text)) return null;
  const paths = pathsIn(clause, context);
  const [from, to] = paths.length > 1 ? paths : [null, paths[0]];
  if (to === undefined || (from === null && !canReferBack(context))) return null;
  return writeStep(
    from ?? null,
    (path) => [{ tool: "rename_file", input: { from: path, to } }],
    (done) => {
      return `Renamed ${code(stringField(done.input, "from") ?? "")} to ${code(stringField(done.input, "to") ?? "")}.`;
    },
  );
}

/** There is no tool for it: read, then write. A file that is longer than one reading is not copied in part. */
function copyStep(clause: Clause, context: Context): Step | null {
  if (!/^(?:copy|duplicate|kopiere)\b/i.test(clause.text)) return null;
  const [from, to] = pathsIn(clause, context);
  if (from === undefined || to === undefined) return null;
  return {
    confidence: 0.93,
    isWriting: true,
    refersBack: false,
    next: ([read, ...rest]) => {
      if (read === undefined) return [{ tool: "read_file", input: { path: from } }];
      if (rest.length > 0) return [];
      const text = wholeText(read);
      return text === null
        ? { halt: `${code(from)} is too long to be copied in one piece. Nothing was written.` }
        : [write(to, text)];
    },
    answer: () => `Copied ${code(from)} to ${code(to)}.`,
  };
}

/** One reading of the tool gives at most this much, in UTF-16 units. */
const ONE_READING = 20_000;

/** The whole text of a file, or null where a reading gave only a part of it. */
function wholeText(read: Done): string | null {
  const text = stringField(read.value, "text");
  const lines = numberField(read.value, "lines");
  if (text === null || text.length >= ONE_READING) return null;
  const got = text === "" ? 0 : text.replace(/\n$/, "").split("\n").length;
  return lines === null || got === lines ? text : null;
}

function deleteStep(clause: Clause, context: Context): Step | null {
  if (/\b(?:duplicates?|doubles?|repeated|empty|blank|whitespace|spaces)\b/i.test(clause.text)) return null;
  const match =
    /^(?:delete|remove|erase|trash|lösche|entferne)\s+(?:the |my |die )?(?:files? |datei )?([\s\S]+)$/i.exec(
      clause.text,
    );
  if (match?.[1] === undefined) return null;
  const paths = pathsIn({ text: match[1], blocks: clause.blocks }, context);
  const words = fileNamesOnly(match[1], clause);
  if (paths.length > 0 && words) return deletion(paths);
  if (/^(?:it|this|that|this file|that file|the file)$/i.test(match[1]) && canReferBack(context))
    return deletion([null]);
  return paths.length === 1 ? removeLine(paths[0] ?? null, clause, context) : null;
}

function deletion(paths: readonly (string | null)[]): Step {
  return callStep(
    { confidence: 0.93, isWriting: true, refersBack: paths.includes(null) },
    (memory) => {
      const targets = paths.map((path) => path ?? memory.path).filter((path) => path !== null);
      return targets.length < paths.length
        ? { halt: "Say which file to delete." }
        : targets.map((path) => ({ tool: "delete_file", input: { path } }));
    },
    (done) => done.map(deleted).join(" "),
  );
}

/** The tool says so where there was no such file: that is not a deletion. */
function deleted(done: Done): string {
  return done.text.startsWith("There is no") ? plain(done.text) : `Deleted ${pathOf(done)}.`;
}

/** Nothing but paths: "a.md, b.md and c.md". */
function fileNamesOnly(words: string, clause: Clause): boolean {
  return unquoteBlocks(words, clause.blocks)
    .split(/\s*,\s*|\s+(?:and|und)\s+/)
    .every(
      (name) => /^(?:the )?\S+\.\p{L}\S*$|^[^,]+\.\p{L}{1,5}$/u.test(name.trim()) && !/ (?:from|in|of) /.test(name),
    );
}

/** "remove soap from notes.md": the one line that says it, list mark or not. */
function removeLine(path: string | null, clause: Clause, context: Context): Step | null {
  const wanted = /^(?:delete|remove|erase|entferne|lösche)\s+(?:the (?:line|item|entry) )?([\s\S]+)$/i.exec(
    fileWords(clause, context).text,
  )?.[1];
  if (wanted === undefined || path === null) return null;
  const item = givenText(wanted, clause);
  return {
    confidence: 0.9,
    isWriting: true,
    refersBack: false,
    next: ([read, ...rest]) => {
      if (read === undefined) return [{ tool: "read_file", input: { path } }];
      if (rest.length > 0) return [];
      const text = wholeText(read);
      if (text === null) return { halt: `${code(path)} is too long to be edited in one piece. Nothing was written.` };
      const lines = text.split("\n");
      const number = /^line (\d+)$/i.exec(item)?.[1];
      const isWanted = (line: string, index: number): boolean =>
        number === undefined ? sameItem(line, item) : index === Number(number) - 1;
      const found = lines.flatMap((line, index) => (isWanted(line, index) ? [index] : []));
      if (found.length !== 1) {
        return {
          halt: `${found.length === 0 ? "No line" : counted(found.length, "line")} of ${code(path)} ${found.length < 2 ? "says" : "say"} just ${code(item)}. Nothing was removed.`,
        };
      }
      return [write(path, lines.toSpliced(found[0] ?? 0, 1).join("\n"))];
    },
    answer: () => `Removed ${code(item)} from ${code(path)}.`,
  };
}

function sameItem(line: string, item: string): boolean {
  return (
    line
      .replace(/^\s*(?:[-*•]|\d+[.)])\s+(?:\[[ x]\]\s+)?/i, "")
      .trim()
      .toLowerCase() === item.trim().toLowerCase()
  );
}
