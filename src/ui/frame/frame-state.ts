import type { ReadonlySignal } from "@preact/signals";
import { batch, computed, signal } from "@preact/signals";

import type { SessionId } from "#domain/ids.ts";
import { mintId } from "#domain/ids.ts";
import type { ModelRef } from "#domain/model.ts";
import type { Route, UiPorts } from "#ui/ports.ts";
import type { ViewState } from "#ui/view-state.ts";

export type Pane = "side" | "workspace";

/** How wide the window is; what stands beside the conversation and what is a drawer follows from it. */
export interface Widths {
  /** From 52 rem: the session list stands beside the conversation. */
  readonly hasSide: ReadonlySignal<boolean>;
  /** From 80 rem: the workspace does too. */
  readonly hasWorkspace: ReadonlySignal<boolean>;
}

export interface Undo {
  /** What the undone action was, for the notice. */
  readonly words: string;
  readonly run: () => void;
}

/** What the frame around the conversation shows: panes, drawers, dialogs, and which session is meant. */
export class FrameState {
  readonly #ports: Pick<UiPorts, "navigate" | "route" | "unique">;
  readonly #view: Pick<ViewState, "open" | "openSession">;
  readonly #widths: Widths;
  readonly #isSideWanted = signal(true);
  readonly #isWorkspaceWanted = signal(true);
  readonly #drawer = signal<Pane | null>(null);
  readonly #newId = signal<SessionId | null>(null);
  readonly #isHelpOpen = signal(false);
  readonly #isRenaming = signal(false);
  readonly #newSessionModel = signal<ModelRef | null>(null);
  readonly #openFile = signal<string | null>(null);
  readonly #isStorageNoteShown = signal(false);
  readonly #composerWish = signal(0);
  readonly #lastUndo = signal<Undo | null>(null);
  #isNewIdUsed = false;
  #keepsFocus = false;
  #takenWish = 0;
  readonly #lastSession = signal<Route>({ kind: "new", text: null });

  /** The pane that lies over the page as a modal drawer. */
  readonly drawer: ReadonlySignal<Pane | null> = this.#drawer;
  readonly isSideInline: ReadonlySignal<boolean>;
  readonly isWorkspaceInline: ReadonlySignal<boolean>;
  readonly isHelpOpen: ReadonlySignal<boolean> = this.#isHelpOpen;
  readonly isRenaming: ReadonlySignal<boolean> = this.#isRenaming;
  /** The model picked for the session on screen while it does not exist yet. */
  readonly newSessionModel: ReadonlySignal<ModelRef | null> = this.#newSessionModel;
  /** File of the workspace that is shown; null: the list. */
  readonly openFile: ReadonlySignal<string | null> = this.#openFile;
  /** Grows when the message box should have the focus. Taken by the composer, where that opens no keyboard unasked. */
  readonly composerWish: ReadonlySignal<number> = this.#composerWish;
  /** Says where sessions are kept: once, after the first message. */
  readonly isStorageNoteShown: ReadonlySignal<boolean> = this.#isStorageNoteShown;
  /** What Ctrl+Z takes back. */
  readonly lastUndo: ReadonlySignal<Undo | null> = this.#lastUndo;

  constructor(
    ports: Pick<UiPorts, "navigate" | "route" | "unique">,
    view: Pick<ViewState, "open" | "openSession">,
    widths: Widths,
  ) {
    this.#ports = ports;
    this.#view = view;
    this.#widths = widths;
    this.isSideInline = computed(() => widths.hasSide.value && this.#isSideWanted.value);
    this.isWorkspaceInline = computed(() => widths.hasWorkspace.value && this.#isWorkspaceWanted.value);
  }

  /** Follows the address: opens the session it names, or a new one that nothing has been written in. */
  follow(route: Route): void {
    batch(() => {
      if (route.kind === "session") {
        if (this.#newId.peek() !== route.sessionId) this.#newSessionModel.value = null;
        this.#open(route.sessionId);
        this.#lastSession.value = route;
      } else if (route.kind === "new") {
        this.#open(this.#freshId());
        this.#lastSession.value = { kind: "new", text: null };
      }
    });
  }

  /** Something was typed or sent in the session on screen: from now on the address names it, so a reload brings it back. */
  nameInAddress(sessionId: SessionId): void {
    if (this.#ports.route.peek().kind !== "new" || this.#newId.peek() !== sessionId) return;
    this.#isNewIdUsed = true;
    this.#ports.navigate({ kind: "session", sessionId, turnSeq: null }, { replace: true });
  }

  /** Goes somewhere. From a drawer the new place takes the drawer's step in the browser's back list. */
  go(route: Route): void {
    const isFromDrawer = this.#drawer.peek() !== null;
    this.#drawer.value = null;
    this.#ports.navigate(route, { replace: isFromDrawer });
  }

  openSession(sessionId: SessionId, turnSeq: number | null = null): void {
    this.go({ kind: "session", sessionId, turnSeq });
  }

  newSession(): void {
    this.#newSessionModel.value = null;
    this.go({ kind: "new", text: null });
    this.focusComposer();
  }

  /** Leaves settings or the connect form for the session that was on screen before. */
  goBack(): void {
    this.go(this.#lastSession.peek());
  }

  toggle(pane: Pane): void {
    if (this.#drawer.peek() !== null) {
      this.#drawer.value = this.#drawer.peek() === pane ? null : pane;
      return;
    }
    const isInline = pane === "side" ? this.#widths.hasSide.peek() : this.#widths.hasWorkspace.peek();
    if (!isInline) {
      this.#drawer.value = pane;
      return;
    }
    const wanted = pane === "side" ? this.#isSideWanted : this.#isWorkspaceWanted;
    wanted.value = !wanted.peek();
  }

  /** Makes a pane visible, beside the conversation or as a drawer. */
  show(pane: Pane): void {
    const isInline = pane === "side" ? this.isSideInline.peek() : this.isWorkspaceInline.peek();
    if (!isInline && this.#drawer.peek() !== pane) this.toggle(pane);
  }

  /** The next change of session leaves the focus where it is. */
  keepFocus(): void {
    this.#keepsFocus = true;
  }

  setHelpOpen(isOpen: boolean): void {
    this.#isHelpOpen.value = isOpen;
  }

  setRenaming(isRenaming: boolean): void {
    this.#isRenaming.value = isRenaming;
  }

  setNewSessionModel(model: ModelRef | null): void {
    this.#newSessionModel.value = model;
  }

  /** Shows a file in the workspace pane, or its list again. */
  setOpenFile(path: string | null): void {
    this.#openFile.value = path;
    if (path !== null) this.show("workspace");
  }

  showStorageNote(isShown: boolean): void {
    this.#isStorageNoteShown.value = isShown;
  }

  /** Remembers what Ctrl+Z takes back until it is done or something newer can be. Returns the way to do it once. */
  offerUndo(undo: Undo): () => void {
    this.#lastUndo.value = undo;
    return () => {
      if (this.#lastUndo.peek() === undo) this.#lastUndo.value = null;
      undo.run();
    };
  }

  /** False: there is nothing to undo. */
  undoLast(): boolean {
    const undo = this.#lastUndo.peek();
    this.#lastUndo.value = null;
    undo?.run();
    return undo !== null;
  }

  focusComposer(): void {
    this.#composerWish.value += 1;
  }

  /** True once for each wish. */
  takeComposerWish(wish: number): boolean {
    if (wish <= this.#takenWish) return false;
    this.#takenWish = wish;
    return true;
  }

  closeDrawer(): void {
    this.#drawer.value = null;
  }

  #open(sessionId: SessionId): void {
    if (this.#view.open.peek()?.sessionId !== sessionId) {
      this.#openFile.value = null;
      this.#isRenaming.value = false;
      if (!this.#keepsFocus) this.focusComposer();
      this.#keepsFocus = false;
    }
    this.#view.openSession(sessionId);
  }

  /** One id serves until something is written in it: pressing New twice makes one session. */
  #freshId(): SessionId {
    const known = this.#newId.peek();
    if (known !== null && !this.#isNewIdUsed) return known;
    const id = mintId<SessionId>(this.#ports.unique);
    this.#newId.value = id;
    this.#isNewIdUsed = false;
    return id;
  }
}

/** Follows the window's width. Widths are in rem, so a larger text size makes the same window narrower. */
export function watchWidths(matchMedia: (query: string) => MediaQueryList): Widths {
  return { hasSide: watch(matchMedia("(min-width: 52rem)")), hasWorkspace: watch(matchMedia("(min-width: 80rem)")) };
}

function watch(query: MediaQueryList): ReadonlySignal<boolean> {
  const matches = signal(query.matches);
  query.addEventListener("change", (event) => {
    matches.value = event.matches;
  });
  return matches;
}
