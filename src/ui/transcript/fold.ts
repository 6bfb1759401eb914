import { useState } from "preact/hooks";

/** What the reader unfolded or folded by hand, by the id of the part. From then on that wins over any default. */
const choices = new Map<string, boolean>();
const MOST_CHOICES = 2_000;

/** Whether something is unfolded, and the change of it by hand. Remembered while the page lives, also across sessions. */
export function useFold(id: string, isOpenByDefault: boolean): readonly [boolean, () => void] {
  const [choice, setChoice] = useState(() => choices.get(id));
  const isOpen = choice ?? isOpenByDefault;
  const toggle = () => {
    const oldest = choices.keys().next();
    if (choices.size >= MOST_CHOICES && oldest.done !== true) choices.delete(oldest.value);
    choices.set(id, !isOpen);
    setChoice(!isOpen);
  };
  return [isOpen, toggle];
}
