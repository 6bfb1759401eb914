import type { ApprovalId } from "#domain/ids.ts";
import type { ModelRef } from "#domain/model.ts";
import type { ApprovalDecision, Tier } from "#domain/tool-call.ts";

/**
 * Whether the person is asked before a call runs. Computing and reading the session's own files run; reading other
 * sessions is asked of a model but not of the built-in agent, which only does what the message says; whatever writes
 * or leaves the device is asked, unless it was allowed in this session. Sending is asked every time.
 */
export function needsApproval(tier: Tier, model: ModelRef, isAllowed: boolean): boolean {
  if (tier <= 1) return false;
  if (tier === 2 && model.provider === "built-in") return false;
  return tier === 5 || !isAllowed;
}

/** Decisions on their way to the calls that wait for them. The rows in storage are what counts; this only wakes. */
export class ApprovalDesk {
  readonly #waiting = new Map<ApprovalId, (decision: ApprovalDecision) => void>();
  readonly #decided = new Map<ApprovalId, ApprovalDecision>();

  /** Whether a decision lies here that no call has taken yet. */
  has(id: ApprovalId): boolean {
    return this.#decided.has(id);
  }

  /** Rejects with the signal's reason when the run ends first. */
  wait(id: ApprovalId, signal: AbortSignal): Promise<ApprovalDecision> {
    const decided = this.#decided.get(id);
    if (decided !== undefined) {
      this.#decided.delete(id);
      return Promise.resolve(decided);
    }
    return new Promise((resolve, reject) => {
      const abandon = () => {
        this.#waiting.delete(id);
        reject(signal.reason as Error);
      };
      if (signal.aborted) {
        abandon();
        return;
      }
      signal.addEventListener("abort", abandon, { once: true });
      this.#waiting.set(id, (decision) => {
        this.#waiting.delete(id);
        signal.removeEventListener("abort", abandon);
        resolve(decision);
      });
    });
  }

  /** A decision that was committed. Kept for a call that asks later, e.g. after its run was taken up again. */
  deliver(id: ApprovalId, decision: ApprovalDecision): void {
    if (!this.wake(id, decision)) this.#decided.set(id, decision);
  }

  /** For the call that waits now, if there is one. */
  wake(id: ApprovalId, decision: ApprovalDecision): boolean {
    const waiting = this.#waiting.get(id);
    waiting?.(decision);
    return waiting !== undefined;
  }
}
