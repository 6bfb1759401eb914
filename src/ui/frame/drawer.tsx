import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

import type { FrameState, Pane } from "./frame-state.ts";

interface DrawerProps {
  readonly pane: Pane;
  readonly label: string;
  readonly frame: FrameState;
  readonly children: ComponentChildren;
}

/**
 * A pane over the page. A modal dialog, so focus and inertness are the browser's; a step in the back list of the
 * browser, so that the Back button of a phone closes it and does not leave the app.
 */
export function Drawer({ pane, label, frame, children }: DrawerProps) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    history.pushState({ drawer: pane }, "");
    let isOnTop = true;
    const closeByBack = () => {
      isOnTop = false;
      frame.closeDrawer();
    };
    addEventListener("popstate", closeByBack);
    return () => {
      removeEventListener("popstate", closeByBack);
      dialog?.close();
      // Closed by hand: its step would make the next Back do nothing. Left for another place: that took the step over.
      if (isOnTop && isDrawerStep(history.state, pane)) history.back();
    };
  }, [pane, frame]);
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- a click beside it closes it, as Escape does
    <dialog
      ref={ref}
      class="drawer"
      data-pane={pane}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        frame.closeDrawer();
      }}
      onClose={() => {
        // A browser may close it without asking, by a second Escape for one. Not when it is gone already.
        if (ref.current !== null) frame.closeDrawer();
      }}
      onClick={(event) => {
        if (event.target === ref.current) frame.closeDrawer();
      }}
    >
      <div class="drawer-body">{children}</div>
    </dialog>
  );
}

function isDrawerStep(state: unknown, pane: Pane): boolean {
  return typeof state === "object" && state !== null && "drawer" in state && state.drawer === pane;
}
