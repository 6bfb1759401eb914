/** What a screen reader is told. `high` interrupts what it is reading. */
export type Priority = "normal" | "high";

export interface Announcer {
  /** Speaks soon. What is said within one task is spoken as one text: often only the latest call is heard. */
  say(text: string, priority?: Priority): void;
}

/** In all three engines since September 2026; TypeScript's DOM types do not know it yet. */
interface CanNotify {
  ariaNotify?: (text: string, options?: { priority: Priority }) => void;
}

/** Time between clearing and filling the live region: the same text twice would else be one change. */
const REFILL_MS = 100;

/** The one voice of the interface. Nothing on the page is a live region of its own. */
export function createAnnouncer(page: Document): Announcer {
  const waiting: string[] = [];
  let isUrgent = false;
  let region: HTMLElement | null = null;

  const speak = () => {
    const text = waiting.splice(0).join(" ");
    const priority: Priority = isUrgent ? "high" : "normal";
    isUrgent = false;
    const notifier = page as CanNotify;
    if (notifier.ariaNotify !== undefined) {
      notifier.ariaNotify(text, { priority });
      return;
    }
    region ??= addRegion(page);
    const node = region;
    node.setAttribute("role", priority === "high" ? "alert" : "status");
    node.textContent = "";
    setTimeout(() => {
      node.textContent = text;
    }, REFILL_MS);
  };

  return {
    say(text, priority = "normal") {
      if (text === "") return;
      if (waiting.length === 0) queueMicrotask(speak);
      waiting.push(text);
      isUrgent ||= priority === "high";
    },
  };
}

function addRegion(page: Document): HTMLElement {
  const node = page.createElement("div");
  node.className = "sr";
  page.body.append(node);
  return node;
}
