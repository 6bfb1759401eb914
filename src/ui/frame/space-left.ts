import type { StorageUsage } from "#protocol/commands.ts";

/** Below either of these there is reason to free some space, and still time to. */
const LITTLE_BYTES = 50_000_000;
const LITTLE_SHARE = 0.05;

/** Bytes that are left where that is little; null: there is enough, or the browser does not say. */
export function littleLeft({ usedBytes, allowedBytes }: StorageUsage): number | null {
  if (usedBytes === null || allowedBytes === null) return null;
  const left = Math.max(0, allowedBytes - usedBytes);
  return left < LITTLE_BYTES || left < allowedBytes * LITTLE_SHARE ? left : null;
}
