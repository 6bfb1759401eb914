import { isIdShaped, readId, type SessionId } from "#domain/ids.ts";
import type { TabMemory } from "#ui/ports.ts";

const KEY = "opening";
/** Failures further apart have nothing to do with each other. */
const WINDOW_MS = 60_000;
/** The second failure of one session in a row is no accident. */
const FAILURES_UNTIL_PLAIN = 2;

interface Opening {
  readonly sessionId: SessionId;
  readonly begunAt: number;
  /** Whether it has not been seen to succeed: found so at the next start, it took the page down with it. */
  readonly isOpen: boolean;
  /** Epoch ms of its failures, oldest first. */
  readonly failedAt: readonly number[];
}

export interface Openings {
  /** A page starts with this session. True: it failed too often, show it in plain view. */
  begin(sessionId: SessionId): boolean;
  /** The page lives, or is left in an orderly way: this opening was no failure. */
  readonly settled: () => void;
  /** This session could not be drawn, whichever the page began with. */
  failed(sessionId: SessionId): void;
}

/**
 * Counts the openings of a session that took the page down, so that one that cannot be drawn is not tried for ever: the
 * person could never get at it, nor at anything else.
 */
export function createOpenings(memory: TabMemory, now: () => number): Openings {
  const write = (opening: Opening): void => memory.write(KEY, JSON.stringify(opening));
  return {
    begin(sessionId) {
      const last = readOpening(memory.read(KEY));
      const failures = last?.sessionId === sessionId ? [...last.failedAt, ...(last.isOpen ? [last.begunAt] : [])] : [];
      const failedAt = failures.filter((at) => now() - at < WINDOW_MS);
      const isPlain = failedAt.length >= FAILURES_UNTIL_PLAIN;
      // The plain view is left by "Open normally", which deserves a fresh try.
      write({ sessionId, begunAt: now(), isOpen: !isPlain, failedAt: isPlain ? [] : failedAt });
      return isPlain;
    },
    settled() {
      const last = readOpening(memory.read(KEY));
      if (last?.isOpen === true) write({ ...last, isOpen: false });
    },
    failed(sessionId) {
      const last = readOpening(memory.read(KEY));
      const before = last?.sessionId === sessionId ? last.failedAt : [];
      write({ sessionId, begunAt: now(), isOpen: false, failedAt: [...before, now()] });
    },
  };
}

function readOpening(text: string | null): Opening | null {
  if (text === null) return null;
  let found: Partial<Opening>;
  try {
    found = JSON.parse(text) as Partial<Opening>;
  } catch (cause) {
    // Somebody else's words under our key: as good as no note.
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
  const { sessionId, begunAt, isOpen, failedAt } = found;
  if (typeof sessionId !== "string" || !isIdShaped(sessionId) || typeof begunAt !== "number") return null;
  return { sessionId: readId(sessionId), begunAt, isOpen: isOpen === true, failedAt: failedAt ?? [] };
}
