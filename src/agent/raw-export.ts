import type { SessionId } from "#domain/ids.ts";
import type { RawSession } from "#protocol/commands.ts";
import type { Database } from "#storage/database.ts";
import { type RawRecords, readRawSession } from "#storage/raw-session.ts";

import { fileNameOf } from "./file-name.ts";

type Message = RawSession["messages"][number];

/**
 * What is stored of a session that cannot be opened: its records as one JSON text, and of its messages what can be read
 * without trusting any of them. Reads only.
 */
export async function exportRaw(db: Database, sessionId: SessionId): Promise<RawSession> {
  const found = await readRawSession(db, sessionId);
  const recordsOf = (store: RawRecords["store"]) => found.find((records) => records.store === store)?.records ?? [];
  const title = [...recordsOf("sessions"), ...recordsOf("index")]
    .map((record) => textAt(record, "title"))
    .find((known) => known !== null);
  const records = Object.fromEntries(found.map(({ store, records: all }) => [store, all]));
  return {
    title: title ?? null,
    messages: [...recordsOf("turns").map(messageOf), ...unsettledText(recordsOf("journal"))],
    unreadable: found.reduce((sum, { unreadable }) => sum + unreadable, 0),
    fileName: `${fileNameOf(title ?? "")} (raw records).json`,
    text: JSON.stringify({ sessionId, records }, copyable, 2),
  };
}

function messageOf(turn: unknown): Message {
  const parts = fieldOf(turn, "parts");
  const texts = Array.isArray(parts)
    ? parts.filter((part) => fieldOf(part, "kind") === "text").map((part) => textAt(part, "text") ?? "")
    : [];
  return { question: textAt(fieldOf(turn, "user"), "text"), answer: texts.filter((text) => text !== "").join("\n\n") };
}

/** What a run had written before it settled lies in its journal alone. */
function unsettledText(journal: readonly unknown[]): Message[] {
  const answer = journal
    .map((row) => fieldOf(row, "events"))
    .flatMap((events): unknown[] => (Array.isArray(events) ? events : []))
    .filter((event) => fieldOf(event, "type") === "text-delta")
    .map((event) => textAt(event, "text") ?? "")
    .join("");
  return answer === "" ? [] : [{ question: null, answer }];
}

function textAt(record: unknown, field: string): string | null {
  const value = fieldOf(record, field);
  return typeof value === "string" ? value : null;
}

function fieldOf(record: unknown, field: string): unknown {
  if (typeof record !== "object" || record === null) return undefined;
  return new Map<string, unknown>(Object.entries(record)).get(field);
}

/** What JSON has no word for: bytes as base64, whole numbers beyond its range as text. */
function copyable(key: string, value: unknown): unknown {
  // What a provider wants back for itself alone is never exported.
  if (key === "opaque") return undefined;
  if (typeof value === "bigint") return String(value);
  if (!(value instanceof Uint8Array)) return value;
  const letters: string[] = [];
  for (const byte of value) letters.push(String.fromCharCode(byte));
  return { base64: btoa(letters.join("")) };
}
