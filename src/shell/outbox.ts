import { isIdShaped, type TurnId } from "#domain/ids.ts";
import type { Outbox, OutboxMessage } from "#ui/ports.ts";

/** One key for each message, so that tabs never overwrite each other's. Do not change without a migration. */
const KEY_PREFIX = "holdfast:outbox:";
/** Grows when the shape of an entry changes; entries of a newer app are left for it. */
const ENTRY_VERSION = 1;
/** A message stays here for milliseconds: this many mean that nothing gets committed, and that is said elsewhere. */
const MAX_ENTRIES = 50;

export interface StoredMessage extends OutboxMessage {
  readonly version: number;
  /** The tab that wrote it. */
  readonly tab: string;
}

export interface OutboxParts {
  /** localStorage; null where the browser denies it. It is the only storage that has written when the call returns. */
  readonly storage: Storage | null;
  /** This tab, by a name that outlives its reload. */
  readonly tab: string;
  /** Names of the tabs that are open now: their messages are theirs to send. */
  readonly openTabs: ReadonlySet<string>;
  readonly log: (message: string, cause: unknown) => void;
}

/**
 * Keeps what was sent from Enter until the worker says that it is committed. Never throws: where nothing can be stored the message is sent all the same, and only a reload before its
 * commit could lose it.
 */
export function createOutbox(parts: OutboxParts): Outbox {
  const left = readLeft(parts);
  return {
    put(message) {
      attempt(parts, "A message could not be kept for a reload.", (storage) => {
        if (keysIn(storage).length >= MAX_ENTRIES) throw new Error(`${MAX_ENTRIES} messages wait already.`);
        const entry: StoredMessage = { ...message, version: ENTRY_VERSION, tab: parts.tab };
        storage.setItem(KEY_PREFIX + message.message.turnId, JSON.stringify(entry));
      });
    },
    remove(turnId) {
      left.delete(turnId);
      attempt(parts, "A sent message could not be taken out of the outbox.", (storage) =>
        storage.removeItem(KEY_PREFIX + turnId),
      );
    },
    waiting: () => [...left.values()].sort((a, b) => a.at - b.at),
  };
}

/** Reads once, at the start: what is put later belongs to this life of the tab, which is sending it already. */
function readLeft(parts: OutboxParts): Map<TurnId, OutboxMessage> {
  const left = new Map<TurnId, OutboxMessage>();
  attempt(parts, "The outbox could not be read.", (storage) => {
    for (const key of keysIn(storage)) {
      const entry = readEntry(key, storage.getItem(key), parts.log);
      if (entry === null) continue;
      if (entry.tab !== parts.tab && parts.openTabs.has(entry.tab)) continue;
      const { version: _version, tab: _tab, ...message } = entry;
      left.set(message.message.turnId, message);
    }
  });
  return left;
}

function keysIn(storage: Storage): string[] {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index));
  return keys.filter((key) => key !== null).filter((key) => key.startsWith(KEY_PREFIX));
}

/** An entry that cannot be read is left where it is: whoever can read it may still find somebody's words in it. */
function readEntry(key: string, text: string | null, log: OutboxParts["log"]): StoredMessage | null {
  if (text === null) return null;
  try {
    const entry: unknown = JSON.parse(text);
    if (isStoredMessage(entry)) return entry;
    log(`The outbox holds something unreadable under ${key}.`, entry);
  } catch (cause) {
    log(`The outbox holds something unreadable under ${key}.`, cause);
  }
  return null;
}

function isStoredMessage(entry: unknown): entry is StoredMessage {
  if (!isRecord(entry) || !isRecord(entry["message"])) return false;
  const { message } = entry;
  return (
    entry["version"] === ENTRY_VERSION &&
    typeof entry["tab"] === "string" &&
    typeof entry["at"] === "number" &&
    isId(entry["sessionId"]) &&
    (entry["model"] === null || isRecord(entry["model"])) &&
    (entry["editsTurnSeq"] === null || typeof entry["editsTurnSeq"] === "number") &&
    isId(message["turnId"]) &&
    isId(message["messageId"]) &&
    typeof message["text"] === "string" &&
    Array.isArray(message["attachments"]) &&
    (message["draftId"] === null || isId(message["draftId"]))
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isId(value: unknown): boolean {
  return typeof value === "string" && isIdShaped(value);
}

function attempt(parts: OutboxParts, failure: string, act: (storage: Storage) => void): void {
  if (parts.storage === null) return;
  try {
    act(parts.storage);
  } catch (cause) {
    parts.log(failure, cause);
  }
}
