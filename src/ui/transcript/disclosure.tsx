import type { ComponentChildren } from "preact";

import { useFold } from "./fold.ts";

interface DisclosureProps {
  /** Stable for the life of the part: the reader's choice is kept under it. */
  readonly id: string;
  readonly isOpenByDefault?: boolean;
  readonly summary: ComponentChildren;
  /** Rendered only while it is open. */
  readonly children: () => ComponentChildren;
  readonly class: string;
  readonly state?: string;
}

/** A part that folds. What is folded is not rendered at all. */
export function Disclosure({
  id,
  isOpenByDefault = false,
  summary,
  children,
  class: className,
  state,
}: DisclosureProps) {
  const [isOpen, toggle] = useFold(id, isOpenByDefault);
  return (
    <details class={className} open={isOpen} data-state={state}>
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/no-static-element-interactions -- a summary is a button: Enter and Space click it */}
      <summary
        onClick={(event) => {
          // Folding belongs to the state, so that drawing again cannot undo it.
          event.preventDefault();
          toggle();
        }}
      >
        {summary}
      </summary>
      {isOpen && children()}
    </details>
  );
}
