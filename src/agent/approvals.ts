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

/** The calls that wait for the person. The rows in storage are what counts; this only wakes. */
export class ApprovalDesk {
  readonly #waiting = new Map<ApprovalId, (decision: ApprovalDecision) => void>();

  /** Rejects with the signal's reason when the run ends first. */
  wait(id: ApprovalId, signal: AbortSignal): Promise<ApprovalDecision> {
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

  /** A decision that was committed, for the call that waits for it, if there is one. */
  wake(id: ApprovalId, decision: ApprovalDecision): boolean {
    const waiting = this.#waiting.get(id);
    waiting?.(decision);
    return waiting !== undefined;
  }
}
