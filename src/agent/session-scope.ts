import type { SessionId } from "#domain/ids.ts";
import type { Session } from "#domain/session.ts";
import type { Turn } from "#domain/turn.ts";
import { fullSave, type FullSave } from "#storage/save.ts";
import { readSession, readTurn } from "#storage/session-store.ts";

import type { Audience, Environment } from "./environment.ts";
import { Refused } from "./refusals.ts";
import { Serial } from "./serial.ts";
import { SessionNews } from "./session-news.ts";

/** What all parts of one session's work share: the platform, who listens, the order of work, and the rows. */
export class SessionScope {
  readonly env: Environment;
  readonly audience: Audience;
  readonly id: SessionId;
  readonly news: SessionNews;
  /** Commands and what runs finish with, one after the other. */
  readonly serial = new Serial();

  constructor(env: Environment, audience: Audience, id: SessionId) {
    this.env = env;
    this.audience = audience;
    this.id = id;
    this.news = new SessionNews(env, audience, id);
  }

  get isWatched(): boolean {
    return this.audience.isWatched(this.id);
  }

  /** Work that nobody waits for: in order with the rest, and told when it fails. */
  quietly(task: () => Promise<void>): void {
    this.serial.run(task).catch((cause: unknown) => {
      this.audience.storageTrouble(cause);
    });
  }

  /** Throws Refused where there is none. */
  async session(): Promise<Session> {
    const session = await readSession(this.env.db, this.id);
    if (session === null) throw new Refused("not-found", "This session is not on this device.");
    return session;
  }

  /** Throws Refused where there is none. */
  async turn(seq: number): Promise<Turn> {
    const turn = await readTurn(this.env.db, this.id, seq);
    if (turn === null) throw new Refused("not-found", "This message is not on this device.");
    return turn;
  }

  /** A change of the rows that is not a run's, e.g. a title or a decision. Needs no lease. */
  async write(change: Pick<FullSave, "update" | "turnUpdates" | "approvals">): Promise<Session> {
    const session = await fullSave(this.env.db, {
      ...change,
      sessionId: this.id,
      token: null,
      now: this.env.clock.now(),
    });
    this.news.session(session);
    this.news.written();
    return session;
  }
}
