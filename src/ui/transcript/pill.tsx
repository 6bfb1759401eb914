import { ArrowDown } from "lucide";
import type { RefObject } from "preact";

import { Button } from "#ui/kit/button.tsx";

import type { Pill as PillWord } from "./follow.ts";
import type { ScrollKeeper } from "./scroll-keeper.ts";

const WORDS: Record<PillWord, string> = {
  latest: "Latest",
  "new-text": "New text",
  approval: "Approval needed",
  finished: "Finished",
};

/** Leads back to the end, and says what waits there. */
export function Pill({
  keeper,
  boxRef,
}: {
  readonly keeper: ScrollKeeper;
  readonly boxRef: RefObject<HTMLElement | null>;
}) {
  const { pill } = keeper.state.value;
  if (pill === null) return null;
  return (
    <div class="pill-place">
      <Button
        class="pill"
        icon={ArrowDown}
        data-word={pill}
        onClick={() => {
          keeper.tell({ type: "latest-pressed" });
          // The button goes away: the keyboard stays with what it led to.
          boxRef.current?.focus({ preventScroll: true });
        }}
      >
        {WORDS[pill]}
      </Button>
    </div>
  );
}
