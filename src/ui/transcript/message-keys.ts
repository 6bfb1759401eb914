/** Keys on the conversation itself or on a message that has the focus; elsewhere letters are letters. */
const ACTIONS: Readonly<Record<string, string>> = {
  c: "copy",
  e: "edit",
  r: "regenerate",
  "[": "previous",
  "]": "next",
};

/** J and K move between messages; C, E, R and the brackets press the buttons of the one that has the focus. */
export function listenToKeys(box: HTMLElement): () => void {
  const listen = (event: KeyboardEvent) => {
    clickOrMove(event, box);
  };
  box.addEventListener("keydown", listen);
  return () => {
    box.removeEventListener("keydown", listen);
  };
}

function clickOrMove(event: KeyboardEvent, box: HTMLElement): void {
  const { target } = event;
  if (!(target instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.altKey) return;
  const isMessage = target.dataset["testid"] === "message";
  if (target !== box && !isMessage) return;
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") {
    event.preventDefault();
    move(box, isMessage ? target : null, key === "j" ? 1 : -1);
    return;
  }
  const button = isMessage ? target.querySelector<HTMLElement>(`[data-action="${ACTIONS[key] ?? "none"}"]`) : null;
  if (button === null) return;
  event.preventDefault();
  button.click();
}

function move(box: HTMLElement, from: HTMLElement | null, by: 1 | -1): void {
  const messages = [...box.querySelectorAll<HTMLElement>('[data-testid="message"]')];
  const index = from === null ? firstInView(box, messages) : messages.indexOf(from) + by;
  messages[Math.max(0, Math.min(index, messages.length - 1))]?.focus();
}

function firstInView(box: HTMLElement, messages: readonly HTMLElement[]): number {
  const { top } = box.getBoundingClientRect();
  return messages.findIndex((message) => message.getBoundingClientRect().bottom > top);
}
