/**
 * A worker that a page lends to a shared agent, which cannot start one itself. They speak over a BroadcastChannel of the
 * worker's own, so that nothing of it passes through the protocol:
 *
 *   agent ─ event `worker-wanted` ─► page ─ starts it ─► "ready"     message ◄─► message     "end" ─► terminated
 */
export type ToLentWorker = { readonly kind: "message"; readonly message: unknown } | { readonly kind: "end" };
export type FromLentWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "message"; readonly message: unknown }
  | { readonly kind: "failed"; readonly reason: string };

export function lentWorkerChannel(id: string): BroadcastChannel {
  return new BroadcastChannel(`holdfast:lent-worker:${id}`);
}
