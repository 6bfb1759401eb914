import type { Clause } from "#providers/built-in/clause.ts";
import { orderWords } from "#providers/built-in/clause.ts";
import { code, fenced, table } from "#providers/built-in/markdown.ts";
import { findSources } from "#providers/built-in/source.ts";
import type { Ability, Done } from "#providers/built-in/step.ts";
import { callStep, field, sayStep, stringField } from "#providers/built-in/step.ts";
import { madeText, sourceStep, subjectOf } from "./text-step.ts";

export const hashing: Ability = {
  id: "hash",
  about: "SHA checksums of texts and files",
  examples: ['sha-256 of "hello"', "hash notes.md"],
  words: "hash sha sha256 checksum digest fingerprint md5 prüfsumme",
  suggest: ({ path }) => (path === null ? null : `hash ${path}`),
  match: (clause, context) => {
    const text = clause.text;
    if (/\bmd-?5\b/i.test(text))
      return sayStep(
        0.9,
        'MD5 is not offered: it is broken as a checksum against tampering. SHA-256 is: `sha-256 of "hello"`.',
      );
    const match =
      /\b(?:sha-?\s?(1|256|384|512)(?: ?(?:hash|checksum|sum))?|hash(?:es)?|checksum|digest|prüfsumme)\b/i.exec(text);
    if (match === null) return null;
    const rest = new RegExp(
      "(?:(?:hash|checksum|digest|prüfsumme)\\s+(?:of|for|von)|sha-?\\s?\\d+(?:\\s+(?:of|for|von))?)\\s+(?:the (?:text|string|word) )?(.+)$",
      "i",
    ).exec(text)?.[1];
    const sources = findSources(clause, context, { rest });
    if (sources.length === 0) return null;
    const algorithm = `sha-${/\bsha-?\s?(1|256|384|512)\b/i.exec(text)?.[1] ?? "256"}`;
    return sourceStep(sources, context, {
      tool: "hash_text",
      input: { algorithm },
      confidence: 0.92,
      answer: (done) =>
        `${algorithm.toUpperCase()} of ${subjectOf(done, "the text")}:\n\n${fenced(stringField(done.value, "hash") ?? done.text)}`,
    });
  },
};

const CODECS: readonly (readonly [pattern: RegExp, encode: string, decode: string])[] = [
  [/\bbase-?\s?64\b/i, "base64-encode", "base64-decode"],
  [
    /\b(?:url|uri|percent)[- ]?(?=(?:en|de)?cod)|\b(?:en|de)code\b.*\b(?:url|uri)\b|\b(?:as|for) (?:a )?url\b/i,
    "url-encode",
    "url-decode",
  ],
  [/\bhtml\b(?=.*\b(?:un)?escap|.*\b(?:en|de)cod)|\b(?:un)?escap\w+ (?:the )?html\b/i, "html-escape", "html-unescape"],
  [/\bhex(?:adecimal)?\b/i, "hex-encode", "hex-decode"],
];
const DECODES = /\b(?:decod\w*|from (?:base|hex)|unescap\w*)\b|\bbase-?64 (?:to|in) (?:plain )?text\b/i;
const CODEC_WORDS =
  /^(?:(?:en|de)code|convert|turn|(?:un)?escape|what is|the)\s+|\b(?:(?:to|as|in|into|from|with|using) )?(?:base-?\s?64|html|hex(?:adecimal)?|(?:url|uri|percent)[- ]?(?=(?:en|de)cod))[- ]?|\b(?:en|de)cod(?:e[drs]?|ing)?\b|\b(?:un)?escap(?:e[drs]?|ing)\b|\b(?:as|in) (?:a )?url\b/gi;

export const encoding: Ability = {
  id: "encode",
  about: "Base64, URL, HTML and hex encoding",
  examples: ['base64 encode "hello"', 'decode "aGVsbG8=" from base64', 'url-encode "a b&c"', 'html escape "<b>"'],
  words: "base64 encode decode url percent html escape hex kodiere dekodiere",
  match: (clause, context) => {
    const codec = CODECS.find(([pattern]) => pattern.test(clause.text));
    if (codec === undefined) return null;
    const isDecoding = DECODES.test(clause.text);
    if (
      !isDecoding &&
      !/\b(?:encod\w*|escap\w*|(?:en|de)code|(?:to|as|in|into|of) (?:base|hex|html|a url|url))\b|base-?64 |hex /i.test(
        clause.text,
      )
    )
      return null;
    const sources = findSources(clause, context, { rest: restOf(clause) });
    if (sources.length === 0) return null;
    return sourceStep(sources, context, {
      tool: "encode_text",
      input: { operation: isDecoding ? codec[2] : codec[1] },
      confidence: 0.94,
      answer: madeText,
    });
  },
};

function restOf(clause: Clause): string | undefined {
  const rest = clause.text
    .replaceAll(CODEC_WORDS, " ")
    .replaceAll(/\s+/g, " ")
    .trim()
    .replace(/^(?:the (?:text|string|word)|of|for)\s+/i, "")
    .replace(/\s+(?:to|as|in|into|from)$/i, "");
  return rest === "" ? undefined : rest;
}

const URL_PATTERN = /\b[a-z][a-z0-9+.-]{1,20}:\/\/\S+/i;

export const urls: Ability = {
  id: "url",
  about: "Take a URL apart, without opening it",
  examples: ["parse https://example.com/shop?q=tent&page=2"],
  words: "url link address query parameters host domain parse",
  match: (clause) => {
    const text = orderWords(clause);
    const url = URL_PATTERN.exec(text)?.[0].replace(/[)\]>.,]+$/, "");
    if (url === undefined) return null;
    const around = text.replace(url, "").trim();
    if (
      around !== "" &&
      !/\b(?:parse|take apart|split|analy[sz]e|dissect|parts|components|query|parameters?|params|host(?:name)?|domain|path|port|url)\b/i.test(
        around,
      )
    )
      return null;
    return callStep(
      { confidence: 0.9 },
      () => [{ tool: "parse_url", input: { url } }],
      ([done]) => (done === undefined ? "" : urlAnswer(done)),
    );
  },
};

function urlAnswer(done: Done): string {
  const value = done.value;
  if (value === null || typeof value !== "object" || Array.isArray(value)) return done.text;
  const rows = Object.keys(value)
    .filter((name) => name !== "href")
    .flatMap((name) => rowsOf(name, field(value, name)));
  return rows.length === 0 ? done.text : table(["Part", "Value"], rows);
}

/** A part as a row; the query's parameters as a row each. */
function rowsOf(name: string, part: unknown): readonly (readonly string[])[] {
  if (part === null || part === undefined || part === "" || part === false) return [];
  if (Array.isArray(part)) return part.flatMap((item, index) => rowsOf(`${name} ${index + 1}`, item));
  if (typeof part === "object") {
    const { name: key, value } = part as { readonly name?: unknown; readonly value?: unknown };
    if (typeof key === "string" && value !== undefined) return rowsOf(`${name.replace(/ \d+$/, "")}: ${key}`, value);
    return Object.entries(part).flatMap(([inner, item]) => rowsOf(`${name}: ${inner}`, item));
  }
  return [
    [name.replaceAll("|", "\\|"), code(typeof part === "string" ? part : JSON.stringify(part)).replaceAll("|", "\\|")],
  ];
}
