import type { ComponentChildren, HTMLAttributes } from "preact";
import { h } from "preact";

interface GroupProps extends Omit<HTMLAttributes, "label" | "role"> {
  readonly as?: "div" | "pre" | "section";
  readonly label?: string;
  /** Id of the element that names it. */
  readonly labelledBy?: string;
  readonly children: ComponentChildren;
}

/**
 * A named group. Not a region: regions are landmarks, and an answer with thirty of them would bury those of the page.
 * Not a fieldset either, which brings a form's layout along.
 */
export function Group({ as = "div", label, labelledBy, children, ...rest }: GroupProps) {
  const name = labelledBy === undefined ? { "aria-label": label } : { "aria-labelledby": labelledBy };
  return h(as, { ...rest, ...name, role: "group" }, children);
}

/** A named box that scrolls on its own, and is therefore reachable by keyboard. */
export function ScrollBox(props: GroupProps) {
  return <Group {...props} tabIndex={0} />;
}
