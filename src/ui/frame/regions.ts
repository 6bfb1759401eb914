import { nextRegion } from "./keyboard.ts";

const TABBABLE =
  "a[href], button:not([disabled]), textarea:not([disabled]), input:not([disabled]), select, summary, [tabindex='0']";

/** Moves to the next part of the page, marked with `data-region`. False: past the last one, where the browser goes on. */
export function moveToRegion(direction: 1 | -1): boolean {
  const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")].filter((region) =>
    region.checkVisibility(),
  );
  const current = regions.findLastIndex((region) => region.contains(document.activeElement));
  const next = nextRegion(current, regions.length, direction);
  const region = next === null ? undefined : regions[next];
  if (region === undefined) return false;
  const first = [...region.querySelectorAll<HTMLElement>(TABBABLE)].find(
    (one) => one.checkVisibility() && one.tabIndex >= 0,
  );
  const target = region.tabIndex >= 0 ? region : (region.querySelector<HTMLElement>("[data-region-start]") ?? first);
  target?.focus();
  return target !== undefined;
}
