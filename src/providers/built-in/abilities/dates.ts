import { resultOf } from "#providers/built-in/calculation.ts";
import { orderWords } from "#providers/built-in/clause.ts";
import { counted, plain } from "#providers/built-in/markdown.ts";
import type { Ability, Call, Done, Step } from "#providers/built-in/step.ts";
import { callStep, numberField, stringField } from "#providers/built-in/step.ts";

/** The input of the date_time tool. */
interface DateInput {
  readonly action: "now" | "convert" | "add" | "difference" | "weekday";
  readonly when?: string;
  readonly timeZone?: string;
  readonly fromZone?: string;
  readonly toZone?: string;
  readonly duration?: string;
  readonly from?: string;
  readonly to?: string;
}

const CONFIDENCE = 0.93;

export const dates: Ability = {
  id: "dates",
  about: "Dates, weekdays, time spans and time zones",
  examples: [
    "what time is it in Tokyo",
    "15:00 Berlin in New York",
    "days until 24 December",
    "3 weeks after 2 May",
    "what weekday is 1 January 2030",
  ],
  words:
    "date time day week month year weekday until since between zone clock today tomorrow now hour datum uhrzeit tage",
  match: (clause) => {
    const text = orderWords(clause).replaceAll(/\s+/g, " ");
    if (text.length > 200) return null;
    for (const [pattern, input] of PATTERNS) {
      const match = pattern.exec(text);
      const found = match === null ? null : input(match.slice(1).map((group) => group?.trim() ?? ""));
      if (found !== null) return found.action === "difference" ? spanStep(found, text) : dateStep(found);
    }
    return null;
  },
};

const ask = (input: DateInput): Call => ({ tool: "date_time", input: { ...input } });

function dateStep(input: DateInput): Step {
  return callStep(
    { confidence: CONFIDENCE },
    () => [ask(input)],
    ([done]) => (done === undefined ? "" : told(done)),
  );
}

/** The result, and under it how the tool read and reckoned it. */
function told(done: Done, headline = resultOf(done)): string {
  const working = done.text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && line !== headline);
  return [`**${plain(headline)}**`, ...(working.length === 0 ? [] : [working.map(plain).join(" · ")])].join("\n\n");
}

/**
 * How long from one moment to another. A date without a year is read as the nearest one; where that makes the span run
 * backwards although the words do not ("days until 2 January", asked on 3 January), that date is moved by a year.
 */
function spanStep(input: DateInput, words: string): Step {
  const { from = "", to = "" } = input;
  const isFromMovable = to === "today" && hasNoYear(from);
  const isToMovable = hasNoYear(to);
  return {
    confidence: CONFIDENCE,
    isWriting: false,
    refersBack: false,
    next: ([first, moved, ...rest]) => {
      if (first === undefined) return [ask(input)];
      if (rest.length > 0 || (numberField(first.value, "days") ?? 0) >= 0 || !(isFromMovable || isToMovable)) return [];
      const duration = isFromMovable ? "-1 year" : "1 year";
      if (moved === undefined) return [ask({ action: "add", when: isFromMovable ? from : to, duration })];
      const iso = stringField(moved.value, "iso");
      return iso === null ? [] : [ask({ ...input, ...(isFromMovable ? { from: iso } : { to: iso }) })];
    },
    answer: (done) => {
      const last = done.at(-1);
      const years = /^P(\d+)Y/.exec(stringField(last?.value ?? null, "iso") ?? "")?.[1];
      if (last === undefined) return "";
      return /^how old\b/i.test(words) && years !== undefined ? told(last, counted(Number(years), "year")) : told(last);
    },
  };
}

/** "24 December", "Dec 24", "24.12.": a day that comes every year. */
function hasNoYear(words: string): boolean {
  return /\d/.test(words) && !/\d{4}|\d{1,2}[./]\d{1,2}[./]\d{2}|:/.test(words);
}

const MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez)\\p{L}*";
const WEEKDAY = "(?:mon|tues?|wednes|thurs?|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch";
/** Words that may begin or be a moment; what they mean exactly is the tool's business. */
const MOMENT = new RegExp(
  `^(?:the\\s+)?(?:(?:this|next|last|coming|nächsten?|letzten?)\\s+(?:${WEEKDAY}|${MONTH}|day|week(?:end|day)?|month|year|woche|monat|jahr)(?![\\p{L}])|today|tomorrow|yesterday|now|noon|midnight|heute|morgen|gestern|jetzt|(?:on |am )?\\d{1,2}(?:st|nd|rd|th|\\.)?(?: of)? ${MONTH}|${MONTH}(?: \\d|$)|\\d{4}-\\d{1,2}|\\d{1,2}[./]\\d{1,2}|\\d{1,2}:\\d{2}|\\d{1,2}\\s?[ap]\\.?m|${WEEKDAY}|\\d{4}$)`,
  "iu",
);
/** Days with a name, which the tool knows. */
const FEAST =
  /^(?:next |this )?(?:new year(?:'?s)?(?: day| eve)?|neujahr|valentine'?s?(?: day)?|halloween|christmas(?: day| eve)?|xmas|heiligabend|weihnachten|boxing day|silvester|good friday|karfreitag|easter(?: sunday| monday)?|ostern|oster(?:sonn|mon)tag)(?: \d{4})?$/i;

/** A moment as the tool is to read it, or null where the words cannot be one. */
function moment(words: string): string | null {
  const text = words.replace(/^(?:the|on|am|dem|zum|den)\s+/i, "").trim();
  if (FEAST.test(text)) return text;
  if (!MOMENT.test(text)) return null;
  const german: Readonly<Record<string, string>> = {
    heute: "today",
    morgen: "tomorrow",
    gestern: "yesterday",
    jetzt: "now",
  };
  return german[text.toLowerCase()] ?? text;
}

/** "today", "Tokyo", "New York": words that can name a place; the tool says so where it knows none by that name. */
function place(words: string): string | null {
  const text = words
    .replace(/^the\s+/i, "")
    .replace(/\s+(?:time|zeit|right now|now|currently|today)$/i, "")
    .trim();
  if (/^(?:it|hours?|minutes?|seconds?|days?|weeks?|months?|years?|decimal|words|total)$/i.test(text)) return null;
  return /^(?:utc|gmt)?\s*[+-]\d{1,2}(?::?\d{2})?$|^\p{L}[\p{L}\p{M}'._/ +-]{1,40}$/iu.test(text) ? text : null;
}

const SPAN =
  "(?:an?|one|\\d+(?:[.,]\\d+)?|two|three|four|five|six|seven|eight|nine|ten|einer?)\\s+(?:years?|months?|weeks?|fortnights?|days?|hours?|minutes?|mins?|seconds?|working days|jahren?|monaten?|wochen?|tagen?|stunden?|minuten?)";
const SPANS = `${SPAN}(?:(?:\\s*,\\s*|\\s+and\\s+|\\s+und\\s+|\\s+)${SPAN})*`;
const ASK =
  "(?:what will (?:the )?(?:date|day|time) (?:it )?be\\s+|what(?:'s| is| was| will be)?(?: the)?\\s*(?:date|day|time)?\\s*(?:is it |be |was it |will it be )?|when (?:is|was|will)\\s+(?:it be )?|date\\s+|was ist\\s+|welches datum ist\\s+)?";

function duration(words: string, isBefore: boolean): string {
  const parts = words
    .toLowerCase()
    .replaceAll(/\b(?:an?|one|einer?)\b/g, "1")
    .replaceAll(/\b(two|three|four|five|six|seven|eight|nine|ten)\b/g, (word) =>
      String("one two three four five six seven eight nine ten".split(" ").indexOf(word) + 1),
    )
    .replaceAll(/(\d+) fortnights?/g, (_, count: string) => `${Number(count) * 2} weeks`)
    .replaceAll(/jahren?/g, "years")
    .replaceAll(/monaten?/g, "months")
    .replaceAll(/wochen?/g, "weeks")
    .replaceAll(/tagen?/g, "days")
    .replaceAll(/stunden?/g, "hours")
    .replaceAll(/minuten\b/g, "minutes")
    .replaceAll(/\s*,\s*|\s+(?:and|und)\s+/g, " ");
  return isBefore ? `-${parts}` : parts;
}

function add(when: string | null, span: string, isBefore: boolean): DateInput | null {
  return when === null ? null : { action: "add", when, duration: duration(span, isBefore) };
}

/** Hours are counted from this moment, days and longer from today. */
function clockOrDay(span: string): string {
  return /hour|min(?:ute)?s?\b|second|stunde|minute/i.test(span) ? "now" : "today";
}

function difference(from: string | null, to: string | null): DateInput | null {
  return from === null || to === null ? null : { action: "difference", from, to };
}

function convert(when: string, from: string, to: string): DateInput | null {
  const [fromZone, toZone] = [from === "" ? "" : place(from), place(to)];
  if (fromZone === null || toZone === null) return null;
  return { action: "convert", when, ...(fromZone === "" ? {} : { fromZone }), toZone };
}

const CLOCK = "(\\d{1,2}(?::\\d{2})(?:\\s?[ap]\\.?m\\.?)?|\\d{1,2}\\s?[ap]\\.?m\\.?|\\d{1,2}\\s?uhr|noon|midnight|now)";

type Reader = (groups: readonly string[]) => DateInput | null;
const rule = (source: string, reader: Reader): readonly [RegExp, Reader] => [
  new RegExp(`^(?:${source})$`, "iu"),
  reader,
];

/** In order: the first that reads the whole clause wins. */
const PATTERNS: readonly (readonly [RegExp, Reader])[] = [
  rule(
    "(?:what(?:'s| is)? (?:the )?(?:current )?(?:time|date|day)(?: is (?:it|today))?(?: and (?:time|date))?|what day(?: of the week)? is it|wie spät ist es|wie viel uhr ist es|welcher tag ist|time|date|today's date|what's today|what is today|the (?:time|date))(?: (?:right now|now|today|heute|jetzt))?",
    () => ({ action: "now" }),
  ),
  rule(
    "(?:what(?:'s| is)? (?:the )?(?:current |local )?(?:time|date|day)(?: is it)?|wie spät ist es|wie viel uhr ist es|(?:current |local )?time)(?: right now| now)? (?:in|at|for) (.+)",
    ([zone = ""]) => {
      const timeZone = place(zone);
      return timeZone === null ? null : { action: "now", timeZone };
    },
  ),
  rule(
    `(?:convert |what(?:'s| is) |when it(?:'s| is) |when is |if it(?:'s| is) )?${CLOCK} (?:in |at )?(.+?)(?: time)?,? (?:in|to|into|as|nach|what time is it in|what is it in|is what(?: time)? in|what time is that in)(?: the)? (.+)`,
    ([when = "", from = "", to = ""]) => convert(when.replace(/\s?uhr/i, ":00"), from, to),
  ),
  rule(`(?:convert |what(?:'s| is) )?${CLOCK} (?:in|to|into) (.+)`, ([when = "", to = ""]) =>
    convert(when.replace(/\s?uhr/i, ":00"), "", to),
  ),
  rule(`what time is it in (.+?) (?:when|if) it(?:'s| is) ${CLOCK}(?: in (.+))?`, ([to = "", when = "", from = ""]) =>
    convert(when, from, to),
  ),
  rule(
    "(?:(?:how (?:many|much)|number of|wie ?viele?)?\\s*(?:more )?(?:time|days?|weeks?|months?|years?|hours?|nights?|sleeps?|tage?|wochen)|how long|wie lange)(?: (?:is it|is left|are (?:there )?left|left|are there|until it is|ist es|noch))*,? (?:until|till|til|to|before|bis(?: zum)?) (.+)",
    ([to = ""]) => difference("today", moment(to)),
  ),
  rule(
    "(?:(?:how (?:many|much)|number of|wie ?viele?)?\\s*(?:time|days?|weeks?|months?|years?|hours?|tage)|how long(?: ago (?:was|is))?|wie lange)(?: (?:is it|has it been|have passed|have gone by|ist es|was it|ago was))*(?: since| ago was| seit(?: dem)?|) (.+)",
    ([from = ""]) => difference(moment(from), "today"),
  ),
  rule(
    "(?:(?:how (?:many|much)|number of|wie ?viele?)?\\s*(?:the )?(?:time|days?|weeks?|months?|years?|hours?|minutes?|tage|difference)|how long|wie lange)(?: (?:is it|are there|are|lie|liegen|is|there))* (?:between|from|zwischen|vom|von) (.+?) (?:and|to|until|till|und|bis(?: zum)?) (.+)",
    ([from = "", to = ""]) => difference(moment(from), moment(to)),
  ),
  rule("(?:what(?:'s| is) the )?time (?:zone )?difference between (.+?) and (.+)", ([from = "", to = ""]) =>
    convert("now", from, to),
  ),
  rule("(?:how many days (?:are (?:there )?)?(?:in|does)|wie viele tage hat) (\\d{4})(?: have)?", ([year = ""]) =>
    difference(`1 January ${year}`, `1 January ${Number(year) + 1}`),
  ),
  rule("how old (?:is|am|are|would) .*?\\bborn (?:on |in )?(.+)", ([from = ""]) => difference(moment(from), "today")),
  rule(
    `${ASK}(${SPANS}) (after|from|before|following|prior to|nach|vor)(?: the| dem)? (.+)`,
    ([span = "", side = "", when = ""]) => add(moment(when), span, /^(?:before|prior to|vor)$/i.test(side)),
  ),
  rule(`${ASK}(?:(.+?) )?(plus|minus|\\+|-) (${SPANS})`, ([when = "", side = "", span = ""]) =>
    add(when === "" ? clockOrDay(span) : moment(when), span, /^(?:minus|-)$/.test(side)),
  ),
  rule(`${ASK}(?:in) (${SPANS})(?: from (?:now|today))?`, ([span = ""]) => add(clockOrDay(span), span, false)),
  rule(`${ASK}(${SPANS}) ago`, ([span = ""]) => add(clockOrDay(span), span, true)),
  rule("add (.+?) to (.+)", ([span = "", when = ""]) =>
    new RegExp(`^${SPANS}$`, "iu").test(span) ? add(moment(when), span, false) : null,
  ),
  rule(
    "(?:(?:on )?(?:what|which) (?:week)?day(?: of the week)? (?:is|was|will|does|did)(?: it on)?|weekday (?:of|for|on)|(?:welcher|was für ein) (?:wochentag|tag) ist(?: der)?|what day falls on|day of the week (?:of|for)) (.+?)(?: (?:fall|fall on|be|be on|on))?",
    ([when = ""]) => {
      const read = moment(when);
      return read === null ? null : { action: "weekday", when: read };
    },
  ),
  rule(
    "(?:what|which) (?:calendar )?week (?:number )?is (?:it|this)(?: now| today)?|week number|welche (?:kalender)?woche (?:ist|haben wir)(?: heute)?",
    () => ({ action: "weekday", when: "today" }),
  ),
  rule(
    "(?:is|was|will) (.+?) (?:be )?(?:on )?a (?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|weekday|weekend)",
    ([when = ""]) => {
      const read = moment(when);
      return read === null ? null : { action: "weekday", when: read };
    },
  ),
  rule(
    "(?:when is|what date is|what(?:'s| is) the date (?:of|on)?|date of|what(?:'s| is)) (.+?)(?:'s date)?",
    ([when = ""]) => {
      const read = moment(when);
      return read === null ? null : { action: "weekday", when: read };
    },
  ),
];
