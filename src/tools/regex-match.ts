/** A search with a pattern that somebody else wrote. Plain values: it goes to a worker. */
export interface RegexSearch {
  readonly pattern: string;
  /** As for RegExp; g is added. */
  readonly flags: string;
  readonly texts: readonly string[];
  /** Matches after which the search ends. */
  readonly limit: number;
  /** Only the first match of each text. */
  readonly isFirstOnly?: boolean;
}

export interface RegexMatch {
  /** Which of the texts. */
  readonly textIndex: number;
  readonly match: string;
  /** UTF-16 offset in that text. */
  readonly index: number;
  /** By number from 1, null for a group that took no part. */
  readonly groups: readonly (string | null)[];
  /** By name. */
  readonly named: Readonly<Record<string, string | null>>;
}

export interface RegexMatches {
  readonly matches: readonly RegexMatch[];
  /** Whether there were more than `limit`. */
  readonly isCut: boolean;
}

/** The search itself: it can take for ever, so it only runs where it can be ended or is known to be short. */
export function searchTexts(search: RegexSearch): RegexMatches {
  const matches: RegexMatch[] = [];
  const expression = new RegExp(search.pattern, withGlobal(search.flags));
  for (const [textIndex, text] of search.texts.entries()) {
    for (const found of text.matchAll(expression)) {
      if (matches.length === search.limit) return { matches, isCut: true };
      matches.push({
        textIndex,
        match: found[0],
        index: found.index,
        groups: found.slice(1).map((group: string | undefined) => group ?? null),
        named: Object.fromEntries(Object.entries(found.groups ?? {}).map(([name, group]) => [name, group ?? null])),
      });
      if (search.isFirstOnly === true) break;
    }
  }
  return { matches, isCut: false };
}

function withGlobal(flags: string): string {
  return flags.includes("g") ? flags : `${flags}g`;
}
