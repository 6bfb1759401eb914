import type { Ability } from "#providers/built-in/step.ts";
import { arithmetic } from "./arithmetic.ts";
import { encoding, hashing, urls } from "./codecs.ts";
import { dates } from "./dates.ts";
import { keywords, summary } from "./digest.ts";
import { finding, listing, reading } from "./files-read.ts";
import { renaming, replacing } from "./files-change.ts";
import { adding, lists, writing } from "./files-write.ts";
import { csvStatistics, diffing, formats } from "./formats.ts";
import { heat } from "./heat.ts";
import { helpFor, storage } from "./help.ts";
import { moneySums } from "./money.ts";
import { sessions } from "./sessions.ts";
import { regex } from "./regex.ts";
import { counting, transforming } from "./text.ts";
import { travel } from "./travel.ts";

const working: readonly Ability[] = [
  arithmetic,
  heat,
  travel,
  moneySums,
  dates,
  lists,
  writing,
  adding,
  replacing,
  reading,
  listing,
  finding,
  renaming,
  counting,
  transforming,
  summary,
  keywords,
  sessions,
  csvStatistics,
  formats,
  diffing,
  regex,
  hashing,
  encoding,
  urls,
  storage,
];

/** Everything the agent can do. Where two are equally sure of a clause, the earlier gets it. */
export const abilities: readonly Ability[] = [...working, helpFor(working)];
