import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import type { SessionView } from "#ui/session-view.ts";
import type { Ui } from "#ui/ui-context.ts";

import { listenToKeys } from "./message-keys.ts";
import { Pill } from "./pill.tsx";
import { PlaceKeeper } from "./place-keeper.ts";
import { announceRuns } from "./run-announcer.ts";
import { ScrollKeeper } from "./scroll-keeper.ts";
import { TurnList } from "./turn-list.tsx";

/** A turn sent this recently was sent by the person in front of this page. */
const JUST_SENT_MS = 5_000;
/** Turns kept on the page when a new one is sent while more than twice as many are there. */
const KEPT_TURNS = 30;

interface PaneProps {
  readonly ui: Ui;
  readonly session: SessionView;
  readonly empty: ComponentChildren;
}

/** The box that scrolls, the turns in it, and the button that leads back to the end. */
export function Pane({ ui, session, empty }: PaneProps) {
  const boxRef = useRef<HTMLElement>(null);
  const contentRef = useRef<HTMLDivElement>(null);
  const [keeper, setKeeper] = useState<ScrollKeeper | null>(null);
  useLayoutEffect(() => {
    const box = boxRef.current;
    if (box === null || contentRef.current === null) return;
    const scroll = new ScrollKeeper(box, contentRef.current);
    const places = new PlaceKeeper(ui.ports, session, scroll);
    const endAnnouncing = announceRuns(session, ui);
    const endListening = tellChanges(session, scroll);
    const endKeys = listenToKeys(box);
    setKeeper(scroll);
    return () => {
      places.close();
      endKeys();
      endListening();
      endAnnouncing();
      scroll.close();
    };
  }, [ui, session]);
  useFollowSending(ui, session, keeper);
  return (
    <div class="transcript">
      <section
        ref={boxRef}
        class="transcript-box"
        aria-label="Conversation"
        data-testid="transcript"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reachable by keyboard
        tabIndex={0}
      >
        <div ref={contentRef} class="transcript-content">
          {empty}
          <TurnList session={session} keeper={keeper} />
        </div>
      </section>
      {keeper !== null && <Pill keeper={keeper} boxRef={boxRef} />}
    </div>
  );
}

/** What the pill below must know of the run. */
function tellChanges(session: SessionView, scroll: ScrollKeeper): () => void {
  return session.onChange(({ events }) => {
    for (const event of events) {
      if (event.type === "approval-requested") scroll.tell({ type: "approval-arrived" });
      if (event.type === "approval-resolved") scroll.tell({ type: "approval-settled" });
      if (event.type === "run-ended") scroll.tell({ type: "finished" });
    }
  });
}

/** Sending leads to the end, wherever the reader was; a message that a queue sent does not. */
function useFollowSending(ui: Ui, session: SessionView, keeper: ScrollKeeper | null): void {
  const lastSeq = session.turnSeqs.value.at(-1);
  const seenRef = useRef<number | null>(null);
  const isReady = session.state.value.kind === "ready";
  useEffect(() => {
    if (!isReady) return;
    const seen = seenRef.current;
    seenRef.current = lastSeq ?? 0;
    const turn = session.lastTurn.peek();
    if (seen === null || keeper === null || turn === null || turn.seq <= seen) return;
    if (ui.ports.now() - turn.user.sentAt > JUST_SENT_MS || !document.hasFocus()) return;
    if (session.turnSeqs.peek().length > KEPT_TURNS * 2) session.forgetEarlier(KEPT_TURNS);
    keeper.tell({ type: "sent" });
  }, [ui, session, keeper, isReady, lastSeq]);
}
