import type { JsonValue } from "#domain/json.ts";
import { bullets, counted, plain, turnLink } from "#providers/built-in/markdown.ts";
import { unquoted } from "#providers/built-in/source.ts";
import type { Ability, Done } from "#providers/built-in/step.ts";
import { callStep, listField, numberField, sayStep, stringField } from "#providers/built-in/step.ts";

const SESSIONS =
  "(?:all )?(?:of )?(?:my |the |our |all |old |past |previous |earlier |other |meine[nr]? |alle[nr]? )*(?:sessions?|conversations?|messages|transcripts?|discussions?|sitzungen|unterhaltungen)";
const QUERIES: readonly RegExp[] = [
  new RegExp(
    `^(?:search|look|check|go)(?: (?:in|through|within|across))? ${SESSIONS} (?:for|about|on|nach) ([\\s\\S]+)$`,
    "i",
  ),
  new RegExp(
    `^(?:search(?: for)?|find|look(?: for| up)?|suche?(?: nach)?|finde) ([\\s\\S]+?) (?:in|across|through|from|within) ${SESSIONS}$`,
    "i",
  ),
  new RegExp(`^durchsuche ${SESSIONS} nach ([\\s\\S]+)$`, "i"),
  /^(?:when|where) did (?:i|we) (?:last )?(?:talk|speak|write|ask|discuss|mention|say|chat)(?: (?:about|of|something about))?\s+([\s\S]+)$/i,
  /^(?:what|which session) did (?:i|we) (?:say|write|ask|note|discuss|decide) (?:about|on) ([\s\S]+)$/i,
  new RegExp(
    `^(?:which|what|in which) (?:of my )?(?:sessions?|conversations?) (?:mentions?|contains?|was about|is about|talks? about|did (?:i|we) (?:mention|discuss|talk about)) ([\\s\\S]+)$`,
    "i",
  ),
  /^wann (?:habe ich|haben wir) (?:über|von) ([\s\S]+?) (?:gesprochen|geschrieben)$/i,
];
const NO_QUERY = new RegExp(`^(?:search|find|look through|durchsuche)(?: (?:in|through))? ${SESSIONS}$`, "i");
/** As many as fit a screen; the person can search for more in the list of sessions. */
const LIMIT = 20;

export const sessions: Ability = {
  id: "sessions",
  about: "Search your own sessions, with links to the place",
  examples: ["search my sessions for kettle", "when did I talk about Berlin"],
  words: "search sessions conversations earlier talked before history past remember said when kettle suche sitzungen",
  suggest: ({ topic }) => (topic === null ? null : `search my sessions for ${topic}`),
  match: (clause) => {
    if (NO_QUERY.test(clause.text))
      return sayStep(0.9, "Say what to look for, for example: “search my sessions for kettle”.");
    for (const pattern of QUERIES) {
      const words = pattern.exec(clause.text)?.[1];
      if (words === undefined) continue;
      const query = unquoted(words, clause).replace(
        /^(?:the (?:word|words|text|phrase)|anything about|something about)\s+/i,
        "",
      );
      if (query === "") continue;
      return callStep(
        { confidence: 0.96 },
        () => [{ tool: "search_sessions", input: { query, limit: LIMIT } }],
        ([done]) => (done === undefined ? "" : matchesAnswer(done, query, clause.said)),
      );
    }
    return null;
  },
};

function matchesAnswer(done: Done, query: string, said: string): string {
  // The question itself is a message of a session, and would be found by its own words.
  const matches = listField(done.value, "matches").filter((match) => !isQuestion(match, said));
  if (matches.length === 0) return `No session mentions “${plain(query)}”, apart from this question.`;
  const rows = matches.map((match) => {
    const link = turnLink(
      stringField(match, "title") ?? "",
      stringField(match, "sessionId") ?? "",
      numberField(match, "turnSeq") ?? 1,
    );
    return `${link}: ${plain(stringField(match, "snippet") ?? "")}`;
  });
  return `**${counted(matches.length, "place")}** with “${plain(query)}”:\n\n${bullets(rows)}`;
}

/** A snippet may be a cut of the question, or the question with what stands around it. */
function isQuestion(match: JsonValue, said: string): boolean {
  const words = (text: string): string =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
      .trim();
  const snippet = words(stringField(match, "snippet") ?? "");
  const question = words(said);
  return snippet.includes(question) || (snippet.length > question.length / 2 && question.includes(snippet));
}
