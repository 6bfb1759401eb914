/** Arrow keys, Home, End and first letters move between the links of a list. */
export function moveInList(event: KeyboardEvent & { readonly currentTarget: Element }): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (!(event.target instanceof HTMLAnchorElement)) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>("a")].filter((link) =>
    link.checkVisibility(),
  );
  const target = targetOf(
    event.key,
    links.map((link) => link.textContent),
    links.indexOf(event.target),
  );
  if (target === null) return;
  event.preventDefault();
  event.stopPropagation();
  links[target]?.focus();
}

/** Index of the entry that `key` goes to, from the one at `current`; null where the key means nothing here. */
export function targetOf(key: string, texts: readonly string[], current: number): number | null {
  const last = texts.length - 1;
  switch (key) {
    case "ArrowDown":
      return Math.min(current + 1, last);
    case "ArrowUp":
      return Math.max(current - 1, 0);
    case "Home":
      return 0;
    case "End":
      return last;
  }
  // P pins: it is a key of the row, so it does not search.
  if (key.length !== 1 || key === " " || key === "/" || key.toLowerCase() === "p") return null;
  const letter = key.toLocaleLowerCase();
  for (let step = 1; step <= texts.length; step++) {
    const at = (current + step) % texts.length;
    if (texts[at]?.trimStart().toLocaleLowerCase().startsWith(letter) === true) return at;
  }
  return null;
}
