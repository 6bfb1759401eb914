/**
 * Whether the view follows the end of the stream. It does until the reader goes elsewhere, and again when the reader
 * comes back: intent decides, not geometry. Growing text, a keyboard that opens or a composer that grows are no intent.
 *
 *            wheel up, drag down, PageUp/Up/Home, scrollbar up, keyboard focus or selection inside
 *   FOLLOW ──────────────────────────────────────────────────────────────────────────────────────▶ FREE
 *          ◀──────────────────────────────────────────────────────────────────────────────────────
 *            send, "Latest", End, a scroll down that arrives at the end
 */
export interface FollowState {
  readonly mode: "follow" | "free";
  /** What the button above the composer says; null: there is none. */
  readonly pill: Pill | null;
}

export type Pill = "latest" | "new-text" | "approval" | "finished";

export type FollowInput =
  | { readonly type: "sent" }
  | { readonly type: "latest-pressed" }
  /** A session opens at its end, or at a place: where the reader was, or what a search found. */
  | { readonly type: "opened"; readonly at: "end" | "place" }
  | { readonly type: "wheel"; readonly deltaY: number }
  /** Positive: the finger moves down, and the text with it. */
  | { readonly type: "touch-drag"; readonly downPx: number }
  | { readonly type: "key"; readonly key: string }
  | { readonly type: "scrollbar-drag"; readonly direction: "up" | "down" }
  /** A scroll that was not the view's own. `isExplained`: the size of something changed, which moves the place by itself. */
  | {
      readonly type: "scrolled";
      readonly direction: "up" | "down";
      readonly byPx: number;
      readonly fromEndPx: number;
      readonly isExplained: boolean;
    }
  /** The text grew but must stay where it is: something in it is selected, focused by keyboard or just unfolded. */
  | { readonly type: "held"; readonly fromEndPx: number }
  | { readonly type: "grew"; readonly fromEndPx: number }
  | { readonly type: "approval-arrived" }
  | { readonly type: "approval-settled" }
  | { readonly type: "finished" };

/** This near to the end is the end. */
export const NEAR_END_PX = 48;
const DRAG_PX = 8;

export const FOLLOWING: FollowState = { mode: "follow", pill: null };
const FREE: FollowState = { mode: "free", pill: "latest" };

export function follow(state: FollowState, input: FollowInput): FollowState {
  switch (input.type) {
    case "sent":
    case "latest-pressed":
      return FOLLOWING;
    case "opened":
      return input.at === "end" ? FOLLOWING : FREE;
    case "wheel":
      return input.deltaY < 0 ? leave(state) : state;
    case "touch-drag":
      return input.downPx > DRAG_PX ? leave(state) : state;
    case "scrollbar-drag":
      return input.direction === "up" ? leave(state) : state;
    case "key":
      if (input.key === "End") return FOLLOWING;
      return LEAVING_KEYS.has(input.key) ? leave(state) : state;
    case "scrolled":
      return scrolled(state, input);
    case "held":
      return input.fromEndPx > NEAR_END_PX ? leave(state) : state;
    case "grew":
      return state.mode === "free" && state.pill === "latest" && input.fromEndPx > NEAR_END_PX
        ? { ...state, pill: "new-text" }
        : state;
    case "approval-arrived":
      return state.mode === "free" ? { ...state, pill: "approval" } : state;
    case "approval-settled":
      return state.pill === "approval" ? { ...state, pill: "latest" } : state;
    case "finished":
      return state.mode === "free" && state.pill === "new-text" ? { ...state, pill: "finished" } : state;
  }
}

const LEAVING_KEYS: ReadonlySet<string> = new Set(["PageUp", "ArrowUp", "Home"]);

function leave(state: FollowState): FollowState {
  return state.mode === "free" ? state : FREE;
}

function scrolled(state: FollowState, input: Extract<FollowInput, { type: "scrolled" }>): FollowState {
  if (input.isExplained) return state;
  if (input.direction === "down") return input.fromEndPx <= NEAR_END_PX ? FOLLOWING : state;
  // Found in the page, brought into view by a screen reader: somebody wants to be there.
  return input.byPx > NEAR_END_PX && input.fromEndPx > NEAR_END_PX ? leave(state) : state;
}
