import { expect, test, vi } from "vitest";

import { watchInstallPrompt } from "#shell/install-prompt.ts";
import { countHeldRuns, readOpenTabs } from "#shell/open-tabs.ts";
import { createPersistenceRequest } from "#shell/persistence-permission.ts";
import { openTabMemory, tabName } from "#shell/tab-memory.ts";

test("the browser's offer to install waits for the person, can be taken up once, and ends with the installation", async () => {
  const window = new EventTarget();
  const install = watchInstallPrompt(window);
  const prompt = vi.fn<() => Promise<void>>(() => Promise.resolve());
  const offer = (): Event => Object.assign(new Event("beforeinstallprompt", { cancelable: true }), { prompt });
  expect(window.dispatchEvent(offer()), "the browser's own banner is held back").toBe(false);
  await install.prompt.value?.();
  expect(prompt).toHaveBeenCalledOnce();
  expect(install.prompt.value).toBeNull();
  window.dispatchEvent(offer());
  expect(install.prompt.value).not.toBeNull();
  window.dispatchEvent(new Event("appinstalled"));
  expect(install.prompt.value).toBeNull();
});

test("keeping the storage is asked for once, and a browser that cannot be asked is no error", () => {
  const persist = vi.fn<() => Promise<boolean>>(() => Promise.resolve(false));
  const request = createPersistenceRequest({ persist }, vi.fn<(message: string, cause: unknown) => void>());
  request();
  request();
  expect(persist).toHaveBeenCalledOnce();
  expect(() => createPersistenceRequest(undefined, vi.fn<(message: string, cause: unknown) => void>())()).not.toThrow();
});

test("a tab keeps its name and its notes over a reload, and works where the browser denies it both", () => {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  };
  const unique = vi.fn<() => string>(() => "name-1");
  expect(
    tabName(
      openTabMemory(() => storage, vi.fn<(message: string, cause: unknown) => void>()),
      unique,
    ),
  ).toBe("name-1");
  unique.mockReturnValue("name-2");
  expect(
    tabName(
      openTabMemory(() => storage, vi.fn<(message: string, cause: unknown) => void>()),
      unique,
    ),
  ).toBe("name-1");
  const log = vi.fn<(message: string, cause: unknown) => void>();
  const denied = openTabMemory(() => {
    throw new DOMException("denied", "SecurityError");
  }, log);
  expect(tabName(denied, unique)).toBe("name-2");
  expect(tabName(denied, unique)).toBe("name-2");
  expect(log).toHaveBeenCalled();
});

test("[P1] open tabs and active runs are told by the locks that are held, in whatever tab", async () => {
  const held = ["holdfast:tab:a", "holdfast:run:s1", "holdfast:run:s2", "something else"].map((name) => ({ name }));
  const locks = { query: () => Promise.resolve({ held }) } as unknown as LockManager;
  expect(await readOpenTabs(locks)).toEqual(new Set(["a"]));
  expect(await countHeldRuns(locks)).toBe(2);
  expect(await countHeldRuns(undefined)).toBe(0);
});
