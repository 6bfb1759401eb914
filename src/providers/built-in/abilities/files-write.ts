import type { Clause } from "#providers/built-in/clause.ts";
import { blocksIn } from "#providers/built-in/clause.ts";
import { code, counted, fenced } from "#providers/built-in/markdown.ts";
import { canReferBack } from "#providers/built-in/source.ts";
import type { Ability, Context, Done, Step } from "#providers/built-in/step.ts";
import { numberField, stringField } from "#providers/built-in/step.ts";
import { asFile, capitalised, fileNameFor, fileWords, givenText, listItems } from "./file-words.ts";
import { append, pathOf, write, writeStep, written } from "./write-step.ts";

const MAKE =
  /^(?:make|create|start|write|begin|prepare|put together|mach|erstelle|schreib)(?: me| mir)? (?:(?:an?|the|my|another|new|eine?|die|meine) )*/i;
const WITH = /\s*[:,]\s*|\s+(?:with|containing|including|that has|mit)\b:?\s*/i;
const LIST = /^((?:[\p{L}-]+ ){0,3}?[\p{L}-]*list(?:e|en)?)(?: (of|for|from|von|für) (.+))?$/iu;

export const lists: Ability = {
  id: "list",
  about: "Make a list in a file",
  examples: [
    "make a packing list in notes.md with tent, stove, map, then count its lines",
    "create a todo list: call Ann, buy milk",
  ],
  words: "make create list packing shopping todo checklist items einkaufsliste packliste erstelle",
  match: (clause, context) => {
    const { path, text } = fileWords(clause, context);
    const wanted = readList(text);
    if (wanted === null) return null;
    const { title, items } = wanted;
    // Without items only a file can be begun: what belongs on the list is a question for a model.
    if (items === "" && path === null) return null;
    const mark = /^(?:to-?do|check)/i.test(title) ? "- [ ] " : "- ";
    const lines = listItems(items, clause).map((item) => `${mark}${item}\n`);
    const heading = `# ${capitalised(title)}\n`;
    const content = lines.length === 0 ? heading : `${heading}\n${lines.join("")}`;
    const hint = lines.length === 0 ? " It has no items yet; “add tent, stove to it” adds some." : "";
    const answer = (done: Done): string => `${written(done)}${hint}`;
    return writeStep(path ?? fileNameFor(title), (target) => [write(target, content)], answer, { confidence: 0.94 });
  },
};

/** "a packing list for Norway with tent, map" → its title and its items; the items may also stand after "of". */
function readList(text: string): { readonly title: string; readonly items: string } | null {
  const order = MAKE.exec(text)?.[0];
  if (order === undefined) return null;
  const rest = text.slice(order.length);
  const parting = WITH.exec(rest);
  const head = parting === null ? rest : rest.slice(0, parting.index);
  const items = parting === null ? "" : rest.slice(parting.index + parting[0].length);
  const [, kind, link, about] = LIST.exec(head.trim()) ?? [];
  if (kind === undefined) return null;
  if (about === undefined || link === undefined) return { title: kind, items };
  if (parting === null && !/ (?:and|und) /i.test(about) && /^(?:of|from|von)$/i.test(link)) return null;
  const isEnumerated = parting === null ? / (?:and|und) /i.test(about) : parting[0].trim() === ",";
  return isEnumerated
    ? { title: kind, items: items === "" ? about : `${about}, ${items}` }
    : { title: `${kind} ${link} ${about}`, items };
}

export const writing: Ability = {
  id: "write",
  about: "Write a text or the result of another step to a file",
  examples: [
    'write "Call Ann on Monday" to notes.md',
    "20% of 84.50, then save the result to tip.md",
    "note: the boiler was serviced today",
  ],
  words: "write save store create file note notes remember keep put speichere notiz merke",
  match: (clause, context) => saveResult(clause, context) ?? takeNote(clause, context) ?? createFile(clause, context),
};

const RESULT =
  "(?:it|this|that|them|(?:the|this|that|these) (?:result|results|output|answer|summary|text|list|lines|table|keywords|hash|patch|diff|statistics|conversion|calculation|csv|json|yaml)|das(?: ergebnis)?|es)";
const SAVE = new RegExp(`^(?:save|write|store|put|export|speichere|schreibe?)(?: ${RESULT})?(?: (?:down|all))?$`, "i");
const APPEND = new RegExp(`^(?:append|add)(?: ${RESULT})(?: as well)?$`, "i");

/** "save the result to x.md": what the last tool made, or the last answer with its working. */
function saveResult(clause: Clause, context: Context): Step | null {
  const { path, text } = fileWords(clause, context);
  const isAppending = APPEND.test(text);
  if (path === null || !(SAVE.test(text) || isAppending)) return null;
  const isNamed = new RegExp(`\\b${RESULT}\\b`, "i").test(text);
  if (!isNamed && !canReferBack(context) && context.memory.answer === null) return null;
  return writeStep(
    path,
    (target, memory) => {
      const content = memory.output ?? memory.answer ?? (memory.subject?.kind === "text" ? memory.subject.text : null);
      if (content === null || content === "") return { halt: "There is no result yet to save." };
      return [isAppending ? append(target, asFile(content)) : write(target, asFile(content))];
    },
    written,
    { refersBack: true, confidence: 0.95 },
  );
}

function createFile(clause: Clause, context: Context): Step | null {
  const { path, text } = fileWords(clause, context);
  if (path === null) return null;
  const empty =
    /^(?:create|make|new|touch|start|erstelle)(?: (?:an?|the|eine?))?(?: (?:empty|new|blank|leere|neue))?(?: (?:file|note|document|datei|notiz))?$/i;
  if (empty.test(text)) return writeStep(path, (target) => [write(target, "")], written);
  const match =
    /^(?:create|make|new|start|erstelle)(?: (?:an?|the))?(?: (?:new|empty))?(?: (?:file|note|document))?\s*(?:with(?: the)?(?: (?:text|content|contents|line|lines|words))?|containing|that says|saying|mit|:)\s*:?\s*([\s\S]+)$/i.exec(
      text,
    ) ??
    /^(?:write|save|store|schreibe?|speichere)(?: down)?(?: (?:this|these|the (?:following|text|lines?|words?)))*\s*:?\s*([\s\S]+)$/i.exec(
      text,
    );
  const given = match?.[1];
  if (given === undefined || new RegExp(`^${RESULT}$`, "i").test(given)) return null;
  // Prose on demand is what this agent cannot do: "write a poem to x.md" is not a text to be written.
  if (/^(?:an?|some|me|my|about)\s/i.test(given) && blocksIn(given, clause.blocks).length === 0) return null;
  return writeStep(path, (target) => [write(target, asFile(givenText(given, clause)))], written);
}

const NOTES = "notes.md";

/** A note joins what is there; without a file it goes to the notes. */
function takeNote(clause: Clause, context: Context): Step | null {
  const { path, text } = fileWords(clause, context);
  const match =
    /^(?:(?:take|make|add|write)(?: down)? (?:an? )?note|note down|write down|jot down|notiere|merke? dir)\s*(?::|that\b|to\b|dass\b)?\s*([\s\S]+)$/i.exec(
      text,
    ) ?? /^(?:note(?: to self)?|notiz|remember)\s*(?::|\s(?:that|to|dass)\b)\s*([\s\S]+)$/i.exec(text);
  const given = match?.[1]?.replace(/^[:\s]+/, "");
  if (given === undefined || given === "" || /^(?:in|to|as|called|named|s)\b/i.test(given)) return null;
  const note = givenText(given, clause);
  return writeStep(
    path ?? NOTES,
    (target) => [append(target, note.includes("\n") ? asFile(note) : `- ${note}\n`)],
    added,
    { confidence: path === null ? 0.85 : 0.93 },
  );
}

export const adding: Ability = {
  id: "add",
  about: "Add lines to a file",
  examples: ["add soap to notes.md", 'append "Total: 5" to notes.md'],
  words: "add append put insert line item füge hinzu ergänze",
  suggest: ({ topic, path }) => (path === null || topic === null ? null : `add ${topic} to ${path}`),
  match: (clause, context) => {
    const { path, text, isPointing } = fileWords(clause, context);
    const isToNotes = !canReferBack(context) && /\b(?:to|in) (?:my|the) notes$/i.test(clause.text);
    const place = path ?? (isToNotes ? NOTES : null);
    if (place === null && !(isPointing && canReferBack(context))) return null;
    const match =
      /^(add|append|put|insert|füge|ergänze)\s+(?:(?:an?|the|another|one more|eine?) (?:(?:new )?(?:line|item|entry|paragraph|zeile|note)s?)(?: (?:saying|with|that says))?:?\s*)?([\s\S]+?)(?: (?:hinzu|as well|too|at the end))?$/i.exec(
        text,
      );
    const given = match?.[2];
    if (match === null || given === undefined) return null;
    const isVerbatim =
      /^append$/i.test(match[1] ?? "") || blocksIn(given, clause.blocks).length > 0 || given.includes("\n");
    return writeStep(
      place,
      (target) => [append(target, isVerbatim ? asFile(givenText(given, clause)) : itemLines(target, given, clause))],
      added,
    );
  },
};

function added(done: Done): string {
  const text = stringField(done.input, "text")?.trim() ?? "";
  const place = `Added to ${pathOf(done)}${lineCount(done)}`;
  return text.includes("\n") ? `${place}:\n\n${fenced(text)}` : `${place}: ${code(text)}.`;
}

/** In Markdown the items join the list; elsewhere each is a line. */
function itemLines(path: string, given: string, clause: Clause): string {
  const mark = /\.(?:md|markdown)$/i.test(path) ? "- " : "";
  return listItems(given, clause)
    .map((item) => `${mark}${item}\n`)
    .join("");
}

function lineCount(done: Done): string {
  const lines = numberField(done.value, "lines");
  return lines === null ? "" : ` (now ${counted(lines, "line")})`;
}
