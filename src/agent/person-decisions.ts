import type { ApprovalId, CallId } from "#domain/ids.ts";
import type { ApprovalDecision } from "#domain/tool-call.ts";
import { isSettled, lastRun, type Resolution, type Turn } from "#domain/turn.ts";
import { listPendingApprovals, readApproval } from "#storage/approval-store.ts";
import { resolveApproval } from "#storage/save.ts";

import { needsDecision } from "./acceptance.ts";
import { withdrawApprovals, withoutRequests } from "./approval-rows.ts";
import { Refused } from "./refusals.ts";
import type { SessionRuns } from "./session-runs.ts";
import type { SessionScope } from "./session-scope.ts";
import { decideUnknownCall, hasUnknownCalls, type UnknownDecision } from "./unknown-calls.ts";
import { BUSY, type WhoRuns } from "./who-runs.ts";

/** What the person decides about an answer and its calls: each decision counts once, and what waited for it goes on. */
export class PersonDecisions {
  readonly #scope: SessionScope;
  readonly #runs: SessionRuns;
  readonly #who: WhoRuns;

  constructor(scope: SessionScope, runs: SessionRuns, who: WhoRuns) {
    this.#scope = scope;
    this.#runs = runs;
    this.#who = who;
  }

  async approval(id: ApprovalId, decision: ApprovalDecision): Promise<void> {
    const { db, clock } = this.#scope.env;
    const verdict = await resolveApproval(db, { id, decision, at: clock.now() });
    // Before anything else that could fail: a call must not wait for what is decided.
    if (verdict === "resolved") this.#deliver(id, decision);
    const row = await readApproval(db, id);
    if (verdict === "already-resolved") {
      // Whoever decided may have died before it could tell.
      if (row?.decision != null) this.#remind(id, row.decision);
      throw new Refused("already-resolved", "This was already answered, here or in another tab.");
    }
    if (row === null) return;
    if (decision === "allow-in-session") await this.#allowTool(row.tool);
    await this.#takeUp(row.turnSeq);
  }

  #deliver(id: ApprovalId, decision: ApprovalDecision): void {
    this.#runs.desk.wake(id, decision);
    this.#tellPeers(id, decision);
  }

  #remind(id: ApprovalId, decision: ApprovalDecision): void {
    if (!this.#runs.desk.wake(id, decision) && this.#who.isElsewhere) this.#tellPeers(id, decision);
  }

  #tellPeers(id: ApprovalId, decision: ApprovalDecision): void {
    this.#scope.env.peers.tell({ kind: "approval-resolved", sessionId: this.#scope.id, id, decision });
  }

  /** The answer that an approval was for goes on, if nobody works on it and nobody has decided otherwise. */
  async #takeUp(turnSeq: number): Promise<void> {
    if (this.#who.runner !== "nobody") return;
    const session = await this.#scope.session();
    const turn = await this.#scope.turn(turnSeq);
    if (session.head !== turnSeq || !isSettled(turn) || turn.resolution !== null) return;
    if (await this.#runs.takeOver(0)) {
      await this.#who.start(() => this.#runs.continueTurn(turnSeq, "continue"));
    }
  }

  /** From now on, and for the calls that wait already. What cannot be stored is asked again the next time. */
  async #allowTool(tool: string): Promise<void> {
    const { env, id: sessionId, audience } = this.#scope;
    try {
      await this.#scope.write({
        update: (session) => ({ ...session, allowedTools: [...new Set([...session.allowedTools, tool])] }),
      });
      for (const { id } of (await listPendingApprovals(env.db, sessionId)).filter((row) => row.tool === tool)) {
        const decision = "allow-in-session";
        // Each is a decision of its own, delivered as soon as it counts.
        // oxlint-disable-next-line no-await-in-loop
        const verdict = await resolveApproval(env.db, { id, decision, at: env.clock.now() });
        if (verdict === "resolved") this.#deliver(id, decision);
      }
    } catch (cause) {
      audience.storageTrouble(cause);
    }
  }

  /** Stored with the turn at once; the turn goes on when all its calls with an unknown outcome are decided. */
  async unknownCall(turnSeq: number, callId: CallId, decision: UnknownDecision): Promise<void> {
    await this.#who.requireLease();
    await this.#who.start(async () => {
      const decide = (stored: Turn) => decideUnknownCall(stored, callId, decision);
      const turn = decide(await this.#scope.turn(turnSeq));
      await this.#scope.write({ update: (session) => session, turnUpdates: [{ seq: turnSeq, update: decide }] });
      this.#scope.news.turn(turn);
      if (!hasUnknownCalls(turn)) await this.#runs.continueTurn(turnSeq, "continue");
    });
  }

  /** Continue, said by the person. */
  async goOn(turnSeq: number): Promise<void> {
    const turn = await this.#scope.turn(turnSeq);
    if (lastRun(turn)?.outcome?.kind === "completed") throw new Refused("invalid", "This answer is complete already.");
    await this.#who.requireLease();
    await this.#who.start(() => this.#runs.continueTurn(turnSeq, "continue"));
  }

  /** What the person makes of an answer that did not complete. Null takes it back. */
  async answer(turnSeq: number, resolution: Resolution | null): Promise<void> {
    if (this.#who.runningTurn?.seq === turnSeq) throw new Refused("busy", BUSY);
    if (this.#runs.cancelContinuation()) this.#runs.lease.release();
    const resolve = (stored: Turn): Turn => ({
      ...(resolution === null ? stored : withoutRequests(stored)),
      resolution,
    });
    const before = await this.#scope.turn(turnSeq);
    const turn = resolve(before);
    const approvals = resolution === null ? null : withdrawApprovals(before, this.#scope.env.clock.now());
    await this.#scope.write({
      ...(approvals === null ? {} : { approvals }),
      update: (session) => {
        // Looked at inside the write: a run of another tab may have begun since, and would write over it.
        if (session.pending?.turnSeq === turnSeq) throw new Refused("busy", BUSY);
        return session.head === turnSeq ? { ...session, needsPerson: needsDecision(turn) } : session;
      },
      turnUpdates: [{ seq: turnSeq, update: resolve }],
    });
    this.#scope.news.turn(turn);
  }
}
