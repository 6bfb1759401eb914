import type { TabMemory } from "#ui/ports.ts";

/** Do not change without a migration. */
const KEY_PREFIX = "holdfast:";
const TAB_NAME = "tab";

/**
 * What a tab remembers across its reloads, in the browser's session storage. Never throws: where the browser denies that, a
 * tab remembers for as long as its page lives.
 */
export function openTabMemory(
  open: () => Pick<Storage, "getItem" | "setItem">,
  log: (message: string, cause: unknown) => void,
): TabMemory {
  const here = new Map<string, string>();
  const attempt = (act: (storage: Pick<Storage, "getItem" | "setItem">) => void): void => {
    try {
      act(open());
    } catch (cause) {
      log("This tab remembers nothing across a reload.", cause);
    }
  };
  return {
    read(key) {
      let text = here.get(key) ?? null;
      if (text === null) attempt((storage) => (text = storage.getItem(KEY_PREFIX + key)));
      return text;
    },
    write(key, text) {
      here.set(key, text);
      attempt((storage) => storage.setItem(KEY_PREFIX + key, text));
    },
  };
}

/** A name of this tab that outlives its reload. */
export function tabName(memory: TabMemory, unique: () => string): string {
  const known = memory.read(TAB_NAME);
  if (known !== null) return known;
  const name = unique();
  memory.write(TAB_NAME, name);
  return name;
}
