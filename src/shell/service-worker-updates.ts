import { Workbox } from "workbox-window";

import { serviceWorkerUrl } from "./trusted-urls.ts";
import type { Updates } from "./updates.ts";

/** A page that stays open for days asks by itself; browsers only ask when a page is loaded. */
const CHECK_INTERVAL_MS = 60 * 60 * 1_000;

/**
 * Since the page began to load. Asked while the old service worker still answers a page that loads, Chromium 156 takes
 * over only once that worker was idle for 30 s (measured: 5 of 8 times right after a reload, never from 3 s on).
 */
const QUIET_AFTER_MS = 3_000;

export interface ServiceWorkerUpdates {
  /** Looks for a new version, at most once an hour. Called when the page comes back. */
  check(): void;
}

/**
 * Registers the service worker and tells of new versions. Call it once, after the page has loaded: the first visit's
 * precache must not compete with the page itself. Rejects where the browser refuses the registration.
 */
export async function registerServiceWorker(updates: Updates): Promise<ServiceWorkerUpdates> {
  const { serviceWorker } = navigator;
  const workbox = new Workbox(serviceWorkerUrl());
  // The first worker ever takes the page over too, and that is no update.
  let hadController = serviceWorker.controller !== null;
  const takeOver = (): void => {
    setTimeout(() => workbox.messageSkipWaiting(), QUIET_AFTER_MS - performance.now());
  };
  workbox.addEventListener("waiting", async () => {
    // The first worker ever has nobody to wait for, but Workbox takes more than 200 ms before its start for waiting. Firefox 153
    // on a busy machine took longer, and told a first visit of an update that nothing could apply.
    const registration = await serviceWorker.getRegistration();
    if (registration?.active) updates.waits(takeOver);
  });
  workbox.addEventListener("controlling", () => {
    if (hadController) updates.tookOver();
    hadController = true;
  });
  await workbox.register();
  let checkedAt = performance.now();
  return {
    check() {
      if (performance.now() - checkedAt < CHECK_INTERVAL_MS) return;
      checkedAt = performance.now();
      // Without a network there is no new version to hear of; the next return asks again.
      workbox.update().catch(() => (checkedAt = Number.NEGATIVE_INFINITY));
    },
  };
}
