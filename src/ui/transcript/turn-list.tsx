import { Component } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { Button } from "#ui/kit/button.tsx";
import type { SessionView } from "#ui/session-view.ts";

import type { ScrollKeeper } from "./scroll-keeper.ts";
import { TurnView } from "./turn-view.tsx";

interface TurnListProps {
  readonly session: SessionView;
  readonly keeper: ScrollKeeper | null;
}

/** The turns on the page, and the way to those above them. */
export function TurnList({ session, keeper }: TurnListProps) {
  const seqs = session.turnSeqs.value;
  return (
    <>
      <EarlierTurns key={seqs[0]} session={session} />
      <Turns seqs={seqs} keeper={keeper} />
    </>
  );
}

interface TurnsProps {
  readonly seqs: readonly number[];
  readonly keeper: ScrollKeeper | null;
}

/** The list itself: what is in view stays where it is when turns are added above. */
class Turns extends Component<TurnsProps> {
  override getSnapshotBeforeUpdate(before: TurnsProps): (() => void) | null {
    const isPrepended = before.seqs[0] !== this.props.seqs[0] && before.seqs.length > 0;
    return isPrepended ? (this.props.keeper?.hold() ?? null) : null;
  }

  override componentDidUpdate(_before: TurnsProps, _state: unknown, bringBack: (() => void) | null): void {
    bringBack?.();
  }

  override render({ seqs }: TurnsProps) {
    return (
      <ol class="turns">
        {seqs.map((seq) => (
          <TurnView key={seq} seq={seq} />
        ))}
      </ol>
    );
  }
}

/** How far above the view the next page is asked for, so that it is there when the reader arrives. */
const AHEAD = "800px 0px 0px 0px";

function EarlierTurns({ session }: { readonly session: SessionView }) {
  const placeRef = useRef<HTMLDivElement>(null);
  const hasEarlier = session.hasEarlier.value;
  useEffect(() => {
    const place = placeRef.current;
    if (place === null || !hasEarlier) return;
    const nearness = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) void session.readEarlier();
      },
      { root: place.closest(".transcript-box"), rootMargin: AHEAD },
    );
    nearness.observe(place);
    return () => {
      nearness.disconnect();
    };
  }, [session, hasEarlier]);
  if (!hasEarlier) return null;
  return (
    <div ref={placeRef} class="earlier">
      <Button kind="quiet" onClick={() => session.readEarlier()}>
        {session.isReadingEarlier.value ? "Reading earlier messages…" : "Show earlier messages"}
      </Button>
    </div>
  );
}
