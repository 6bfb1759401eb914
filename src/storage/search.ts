import type { SessionId } from "#domain/ids.ts";
import type { SessionMatch } from "#domain/tool-call.ts";
import type { Turn } from "#domain/turn.ts";
import { replyText } from "#domain/turn.ts";

import { sessionCodec, turnCodec } from "./codec.ts";
import type { Database } from "./database.ts";
import { readPath, readSession } from "./session-store.ts";
import { deletedSessions } from "./tombstones.ts";

/** Turns read in one transaction, so that no write waits for a whole search. */
const SCAN_PAGE = 100;
/** Characters of a snippet, with about a third of them before the hit. */
const SNIPPET_LENGTH = 120;
const SNIPPET_BEFORE = 40;
/** Turns read at once for a session's text. */
const TEXT_PAGE = 50;

interface Hit {
  readonly sessionId: SessionId;
  readonly turnSeq: number;
  readonly sentAt: number;
  readonly snippet: string;
}

/** The form in which texts are compared: compatibility forms and case do not matter. Never throws, whatever the text. */
function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

/**
 * Turns whose message or reply holds every word of the query, newest first. Scans in pages: measured, that beats
 * keeping an index up to a million words. Deleted sessions and unreadable records are left out. `signal` ends it early.
 */
export async function searchTurns(
  db: Database,
  query: string,
  limit: number,
  signal?: AbortSignal,
): Promise<SessionMatch[]> {
  const words = fold(query)
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0 || limit <= 0) return [];
  let hits: Hit[] = [];
  let range: IDBKeyRange | null = null;
  do {
    signal?.throwIfAborted();
    // oxlint-disable-next-line no-await-in-loop
    const page: ScanPage = await scanPage(db, range, words);
    hits = [...hits, ...page.hits].sort(newestFirst).slice(0, limit);
    range = page.next;
  } while (range !== null);
  return withTitles(db, hits);
}

/** The path that the session shows, as plain text; null if there is no such session or it was deleted. */
export async function sessionText(db: Database, id: SessionId): Promise<string | null> {
  const session = await readSession(db, id);
  if (session === null || session.deletedAt !== null) return null;
  const pages: string[] = [];
  let from = session.head;
  while (from > 0) {
    // oxlint-disable-next-line no-await-in-loop
    const page = await readPath(db, id, from, TEXT_PAGE);
    pages.unshift(page.turns.map(turnText).join("\n\n"));
    from = page.hasEarlier ? (page.turns[0]?.parent ?? 0) : 0;
  }
  return pages.filter((page) => page !== "").join("\n\n");
}

function turnText(turn: Turn): string {
  const reply = replyText(turn);
  return reply === "" ? turn.user.text : `${turn.user.text}\n\n${reply}`;
}

function newestFirst(a: Hit, b: Hit): number {
  return b.sentAt - a.sentAt || b.turnSeq - a.turnSeq;
}

interface ScanPage {
  readonly hits: Hit[];
  readonly next: IDBKeyRange | null;
}

async function scanPage(db: Database, range: IDBKeyRange | null, words: readonly string[]): Promise<ScanPage> {
  const { records, deleted } = await db.read(["turns", "tombstones"], async (tx) => ({
    records: await tx.objectStore("turns").getAll(range, SCAN_PAGE),
    deleted: await deletedSessions(tx),
  }));
  const last = records.at(-1);
  const hits = records
    .filter((record) => !deleted.has(record.sessionId))
    .map((record) => turnCodec.decode(record))
    .flatMap((turn) => (turn.ok ? findIn(turn.value, words) : []));
  const isLast = last === undefined || records.length < SCAN_PAGE;
  return { hits, next: isLast ? null : IDBKeyRange.lowerBound([last.sessionId, last.seq], true) };
}

/** A message and its reply are one text: the words may be spread over both. */
function findIn(turn: Turn, words: readonly string[]): Hit[] {
  const shown = turnText(turn).normalize("NFKC");
  const folded = shown.toLowerCase();
  if (!words.every((word) => folded.includes(word))) return [];
  const phrase = folded.indexOf(words.join(" "));
  const at = phrase >= 0 ? phrase : folded.indexOf(words[0] ?? "");
  // Very few letters change their length with their case; then the folded text itself is shown.
  const snippet = snippetAround(shown.length === folded.length ? shown : folded, at);
  return [{ sessionId: turn.sessionId, turnSeq: turn.seq, sentAt: turn.user.sentAt, snippet }];
}

function snippetAround(text: string, at: number): string {
  const from = Math.max(0, at - SNIPPET_BEFORE);
  const to = from + SNIPPET_LENGTH;
  const cut = text.slice(from, to).toWellFormed().replaceAll(/\s+/g, " ").trim();
  return `${from > 0 ? "…" : ""}${cut}${to < text.length ? "…" : ""}`;
}

function withTitles(db: Database, hits: readonly Hit[]): Promise<SessionMatch[]> {
  return db.read(["sessions"], async (tx) => {
    const ids = [...new Set(hits.map((hit) => hit.sessionId))];
    const records = await Promise.all(ids.map((id) => tx.objectStore("sessions").get(id)));
    const titles = new Map(
      records
        .map((record) => sessionCodec.decode(record))
        .flatMap((session) => (session.ok ? [[session.value.id, session.value.title] as const] : [])),
    );
    return hits.map(({ sessionId, turnSeq, snippet }) => ({
      sessionId,
      title: titles.get(sessionId) ?? "",
      turnSeq,
      snippet,
    }));
  });
}
