import type { Temporal as TemporalNamespace } from "temporal-polyfill";

export type { Temporal } from "temporal-polyfill";
export type TemporalApi = typeof TemporalNamespace;

/** The browser's own Temporal, or the polyfill, fetched only where it is needed (Safari before 27, Node 20). */
export async function loadTemporal(): Promise<TemporalApi> {
  const own = (globalThis as { Temporal?: TemporalApi }).Temporal;
  if (own !== undefined) return own;
  const { Temporal } = await import("temporal-polyfill");
  return Temporal;
}
