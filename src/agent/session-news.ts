import type { SessionId } from "#domain/ids.ts";
import type { RunEvent } from "#domain/run-event.ts";
import type { Session } from "#domain/session.ts";
import type { Turn } from "#domain/turn.ts";
import type { Runner } from "#protocol/commands.ts";

import type { Audience, Environment } from "./environment.ts";

/** Tells of one session: its watchers here, the list, and the workers of the other tabs. */
export class SessionNews {
  readonly #env: Environment;
  readonly #audience: Audience;
  readonly #sessionId: SessionId;
  /** Epoch ms of this worker's last durable write of the session. */
  savedAt: number | null = null;

  constructor(env: Environment, audience: Audience, sessionId: SessionId) {
    this.#env = env;
    this.#audience = audience;
    this.#sessionId = sessionId;
  }

  get isWatched(): boolean {
    return this.#audience.isWatched(this.#sessionId);
  }

  runEvents(turnSeq: number, events: readonly RunEvent[]): void {
    const message = { sessionId: this.#sessionId, turnSeq, events };
    this.#audience.toWatchers(this.#sessionId, { type: "run-events", ...message });
    this.#env.peers.tell({ kind: "run-events", ...message });
    if (events.some((event) => event.type === "approval-requested" || event.type === "approval-resolved")) {
      this.#audience.refreshRows([this.#sessionId]);
    }
  }

  turn(turn: Turn): void {
    this.#audience.toWatchers(this.#sessionId, { type: "turn-changed", sessionId: this.#sessionId, turn });
  }

  session(session: Session): void {
    this.#audience.toWatchers(this.#sessionId, { type: "session-changed", session });
  }

  runner(runner: Runner, continuesAt: number | null): void {
    this.#audience.toWatchers(this.#sessionId, {
      type: "runner-changed",
      sessionId: this.#sessionId,
      runner,
      continuesAt,
    });
  }

  saved(kind: "checkpoint" | "full"): void {
    this.savedAt = this.#env.clock.now();
    this.#audience.toWatchers(this.#sessionId, { type: "saved", sessionId: this.#sessionId, at: this.savedAt, kind });
  }

  files(): void {
    this.#audience.toWatchers(this.#sessionId, { type: "files-changed", sessionId: this.#sessionId });
    this.#env.peers.tell({ kind: "files-written", sessionId: this.#sessionId });
  }

  /** The rows on disk changed: the list here and the other tabs read them again. */
  written(): void {
    this.#audience.refreshRows([this.#sessionId]);
    this.#env.peers.tell({ kind: "session-written", sessionId: this.#sessionId });
  }
}
