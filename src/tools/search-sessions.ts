import * as v from "valibot";
import { defineTool } from "./define-tool.ts";
import { counted } from "./text-source.ts";

const DEFAULT_LIMIT = 10;

export const searchSessions = defineTool("search_sessions", {
  input: v.strictObject({
    query: v.pipe(
      v.string(),
      v.check((query) => query.trim() !== "", '"query" is empty; give the words to find.'),
    ),
    limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(50))),
  }),
  preview: async (input) => ({
    title: `Search your sessions for “${input.query}”`,
    reason:
      "Reads all your sessions on this device. What it finds goes into this session and to the model that answers it.",
  }),
  run: async (input, context) => {
    const matches = await context.sessions.search(input.query, input.limit ?? DEFAULT_LIMIT);
    const lines = matches.map((match, index) => {
      return `${String(index + 1)}. ${match.title} (session ${match.sessionId}, turn ${String(match.turnSeq)}): ${match.snippet}`;
    });
    const headline =
      matches.length === 0
        ? `No session holds “${input.query}”. Try fewer or other words.`
        : `${counted(matches.length, "match", "matches")} for “${input.query}”:`;
    return {
      ok: true,
      text: [headline, ...lines].join("\n"),
      value: { matches: matches.map((match) => ({ ...match })) },
      view: { kind: "session-matches", matches },
    };
  },
});
