import type { SessionId } from "#domain/ids.ts";
import type { InterruptionCause } from "#domain/outcome.ts";
import type { CommandInput, CommandName, CommandReply } from "#protocol/commands.ts";
import { openWorkerEndpoint, type Channel } from "#protocol/endpoint.ts";
import type { WorkerEvent } from "#protocol/events.ts";
import { readDraft } from "#storage/draft-store.ts";
import { findPendingSessions } from "#storage/session-store.ts";
import { leavesSaving } from "#storage/storage-error.ts";

import type { Answers, SecondCopyCommandName } from "./answers.ts";
import { appAnswers } from "./app-answers.ts";
import type { Audience, Environment } from "./environment.ts";
import { fileAnswers } from "./file-answers.ts";
import { libraryAnswers } from "./library-answers.ts";
import { Pages, type Page } from "./pages.ts";
import type { PeerMessage } from "./peers.ts";
import { refusalOf } from "./refusals.ts";
import { SessionActor } from "./session-actor.ts";
import { sessionAnswers } from "./session-answers.ts";
import { readRows } from "./session-list.ts";

/** After the first screen, before a person has typed a message. */
const LOAD_REST_AFTER_MS = 1500;

/** More than a person works with at a time, few enough that a worker which lives for weeks does not grow. */
const MOST_ACTORS = 50;

/**
 * The worker's side: pages connect by a channel and ask; each session has one actor that answers. Written against
 * ports alone, so that a dedicated worker, a shared one and a test run the same.
 */
export class AgentHost implements Audience {
  readonly #env: Environment;
  readonly #pages = new Pages();
  readonly #actors = new Map<SessionId, SessionActor>();
  readonly #answers: Answers<CommandName>;
  readonly #staleRows = new Set<SessionId>();
  #troubleShown: string | null = null;

  constructor(env: Environment) {
    this.#env = env;
    const actor = (id: SessionId) => this.#actor(id);
    this.#answers = {
      ...sessionAnswers(env, this, actor),
      ...libraryAnswers(env, this, actor, this.#sessionsWritten),
      ...fileAnswers(env, this),
      ...appAnswers(env, this, { running: () => this.#running(), actor }),
      ...this.#secondCopyAnswers(),
      flush: ({ cause }, page) => this.#flush(page, cause),
    };
    env.secondCopy.onRestored((report) => {
      this.#quietly(
        import("./second-copy-answers.ts").then(({ tellRestored }) => {
          tellRestored(report, this, this.#sessionsWritten);
        }),
      );
    });
    env.peers.listen((message) => {
      this.#hear(message);
    });
  }

  /** A page joins. Returns the way to let it go. */
  connect(channel: Channel): () => void {
    const page: Page = {
      watching: null,
      isAway: false,
      endpoint: openWorkerEndpoint(channel, (name, input) => this.#answer(page, name, input)),
    };
    this.#pages.add(page);
    return () => {
      this.#pages.remove(page);
      if (page.watching !== null) this.#actor(page.watching).detach();
    };
  }

  /** What a worker does of its own accord: recovery at once, housekeeping when nothing else is going on. */
  start(): void {
    this.recover().catch((cause: unknown) => {
      this.storageTrouble(cause);
    });
    // Neither is needed for the message box; both are here before they are.
    this.#env.timers.after(LOAD_REST_AFTER_MS, () => {
      this.#loadRest().catch(() => undefined); // no network on a first visit: each is loaded again at its first use
    });
  }

  async #loadRest(): Promise<void> {
    const [{ scheduleMaintenance }] = await Promise.all([
      import("./maintenance.ts"),
      import("./execution.ts"),
      import("./person-decisions.ts"),
    ]);
    scheduleMaintenance(this.#env, (cause) => {
      this.storageTrouble(cause);
    });
  }

  /** Settles the runs whose workers died, session by session: one that cannot be read does not stop the others. */
  async recover(): Promise<void> {
    const recovered: SessionId[] = [];
    for (const session of await findPendingSessions(this.#env.db)) {
      try {
        // One after the other: recovery is not urgent and must not crowd out the session on screen.
        // oxlint-disable-next-line no-await-in-loop
        if (await this.#actor(session.id).recoverIfDead()) recovered.push(session.id);
      } catch (cause) {
        this.storageTrouble(cause);
      }
    }
    if (recovered.length > 0) this.toAll({ type: "recovered", sessionIds: recovered });
  }

  toWatchers(sessionId: SessionId, event: WorkerEvent, except?: Page): void {
    this.#pages.toWatchers(sessionId, event, except);
  }

  toAll(event: WorkerEvent): void {
    this.#pages.toAll(event);
  }

  askOnePage(event: WorkerEvent): boolean {
    return this.#pages.toOne(event);
  }

  isWatched(sessionId: SessionId): boolean {
    return this.#pages.isWatched(sessionId);
  }

  /** Rows that change in one go are read and sent once. */
  refreshRows(sessionIds: readonly SessionId[]): void {
    const isScheduled = this.#staleRows.size > 0;
    for (const id of sessionIds) this.#staleRows.add(id);
    if (isScheduled) return;
    this.#env.timers.after(0, () => {
      const ids = [...this.#staleRows];
      this.#staleRows.clear();
      readRows(this.#env, ids).then(
        ({ rows, removed }) => {
          this.toAll({ type: "list-changed", rows, removed });
        },
        (cause: unknown) => {
          this.storageTrouble(cause);
        },
      );
    });
  }

  storageTrouble(cause: unknown): void {
    const trouble = cause ?? this.#env.db.shortage;
    const refusal = trouble === null ? null : refusalOf(trouble);
    const message = refusal?.message ?? null;
    if (message === this.#troubleShown) return;
    this.#troubleShown = message;
    const isReadOnly = refusal?.reason === "newer-version";
    this.toAll({ type: "storage-trouble", message, isReadOnly, isSaving: cause === null || leavesSaving(cause) });
  }

  async #answer<Name extends CommandName>(
    page: Page,
    name: Name,
    input: CommandInput<Name>,
  ): Promise<CommandReply<Name>> {
    if (name !== "flush") page.isAway = false;
    try {
      const answer = this.#answers[name];
      return { ok: true, value: await answer(input, page) };
    } catch (cause) {
      return { ok: false, refusal: refusalOf(cause) };
    }
  }

  /** Why a page goes is why a run ends only if no other page is there for it. */
  async #flush(page: Page, cause: InterruptionCause | null): Promise<null> {
    page.isAway = cause !== null;
    void this.#env.secondCopy.flush();
    const ending = this.#pages.areAllAway ? cause : null;
    await Promise.all(this.#running().map(({ actor }) => actor.flush(ending)));
    return null;
  }

  #secondCopyAnswers(): Answers<SecondCopyCommandName> {
    const load = async () =>
      (await import("./second-copy-answers.ts")).secondCopyAnswers(this.#env, this.#sessionsWritten);
    return {
      "read-mirror-status": async (input, page) => (await load())["read-mirror-status"](input, page),
      "check-mirror": async (input, page) => (await load())["check-mirror"](input, page),
      "list-restore-points": async (input, page) => (await load())["list-restore-points"](input, page),
      "restore-point": async (input, page) => (await load())["restore-point"](input, page),
    };
  }

  readonly #sessionsWritten = (sessionIds: readonly SessionId[]): void => {
    for (const sessionId of sessionIds) {
      this.#hear({ kind: "session-written", sessionId });
      this.#env.peers.tell({ kind: "session-written", sessionId });
    }
  };

  #actor(id: SessionId): SessionActor {
    const known = this.#actors.get(id);
    if (known !== undefined) return known;
    this.#letIdleGo();
    const actor = new SessionActor(this.#env, this, id);
    this.#actors.set(id, actor);
    return actor;
  }

  /** Sessions that this worker holds something of. */
  get actorCount(): number {
    return this.#actors.size;
  }

  /** Oldest first. An actor holds nothing that its rows do not hold: the next command makes a new one. */
  #letIdleGo(): void {
    for (const [id, actor] of this.#actors) {
      if (this.#actors.size < MOST_ACTORS) return;
      if (actor.isIdle) this.#actors.delete(id);
    }
  }

  #running(): { readonly id: SessionId; readonly actor: SessionActor }[] {
    return [...this.#actors].filter(([, actor]) => actor.isRunning).map(([id, actor]) => ({ id, actor }));
  }

  #hear(message: PeerMessage): void {
    switch (message.kind) {
      case "live-turn":
        this.#actors.get(message.turn.sessionId)?.receiveTurn(message.turn);
        return;
      case "settings-written":
        this.#quietly(this.#refreshSettings());
        return;
      case "draft-written":
        this.#quietly(this.#refreshDraft(message.sessionId));
        return;
      case "files-written":
        this.toWatchers(message.sessionId, { type: "files-changed", sessionId: message.sessionId });
        return;
      case "session-written":
        if (!this.#actors.has(message.sessionId)) this.refreshRows([message.sessionId]);
        this.#actors.get(message.sessionId)?.receive(message);
        return;
      case "run-events":
      case "who-runs":
      case "queue-written":
      case "stop-run":
      case "approval-resolved":
        this.#actors.get(message.sessionId)?.receive(message);
    }
  }

  /** Nobody waits for it: a failure is told, and never kills the worker as an unhandled rejection would. */
  #quietly(work: Promise<void>): void {
    work.catch((cause: unknown) => {
      this.storageTrouble(cause);
    });
  }

  async #refreshSettings(): Promise<void> {
    this.toAll({ type: "settings-changed", settings: await this.#env.readSettings() });
    const { connections } = await import("./connections.ts");
    this.toAll({ type: "connections-changed", connections: await connections.list(this.#env) });
  }

  async #refreshDraft(sessionId: SessionId): Promise<void> {
    this.refreshRows([sessionId]);
    if (!this.isWatched(sessionId)) return;
    const draft = await readDraft(this.#env.db, sessionId);
    this.toWatchers(sessionId, { type: "draft-changed", sessionId, draft });
  }
}
