import { signal } from "@preact/signals";
import { describe, expect, test, vi } from "vitest";

import type { SessionId } from "#domain/ids.ts";
import { readId } from "#domain/ids.ts";
import { FrameState } from "#ui/frame/frame-state.ts";
import type { Route } from "#ui/ports.ts";
import type { SessionView } from "#ui/session-view.ts";

const NEW: Route = { kind: "new", text: null };

function session(id: string): Route {
  return { kind: "session", sessionId: readId<SessionId>(id), turnSeq: null };
}

/** A frame with an address bar that follows at once. */
function frameAt(start: Route, { isWide = true } = {}) {
  const route = signal(start);
  const open = signal<SessionView | null>(null);
  let unique = 0;
  const navigate = vi.fn<(next: Route, options?: { readonly replace?: boolean }) => void>((next) => {
    route.value = next;
    frame.follow(next);
  });
  const openSession = (sessionId: SessionId) => {
    const view = { sessionId } as SessionView;
    open.value = view;
    return view;
  };
  const frame: FrameState = new FrameState(
    { navigate, route, unique: () => `new-${++unique}` },
    { open, openSession },
    { hasSide: signal(isWide), hasWorkspace: signal(isWide) },
  );
  frame.follow(start);
  return { frame, route, navigate, openId: () => open.value?.sessionId };
}

describe("which session is on screen", () => {
  test("[P2] the address names it once something is written in it, without a step of its own", () => {
    const { frame, route, navigate, openId } = frameAt(NEW);
    expect(openId()).toBe("new-1");
    frame.nameInAddress(readId("new-1"));
    expect(route.value).toEqual(session("new-1"));
    expect(navigate).toHaveBeenLastCalledWith(session("new-1"), { replace: true });
    expect(openId()).toBe("new-1");
  });

  test("pressing New twice makes one session, and a new one after something was written", () => {
    const { frame, openId } = frameAt(NEW);
    frame.newSession();
    expect(openId()).toBe("new-1");
    frame.nameInAddress(readId("new-1"));
    frame.newSession();
    expect(openId()).toBe("new-2");
  });

  test("[C4] an answer that comes late for another session does not change the address", () => {
    const { frame, route } = frameAt(NEW);
    frame.openSession(readId("s1"));
    frame.nameInAddress(readId("new-1"));
    expect(route.value).toEqual(session("s1"));
    frame.newSession();
    frame.nameInAddress(readId("s1"));
    expect(route.value).toEqual(NEW);
  });

  test("leaving the settings goes back to the session that was on screen", () => {
    const { frame, route } = frameAt(session("s1"));
    frame.go({ kind: "settings", section: null });
    frame.goBack();
    expect(route.value).toEqual(session("s1"));
  });

  test("a model picked for a session that does not exist yet is for that session only", () => {
    const { frame } = frameAt(NEW);
    frame.setNewSessionModel({ provider: "built-in", model: "built-in" });
    frame.nameInAddress(readId("new-1"));
    expect(frame.newSessionModel.value).not.toBeNull();
    frame.openSession(readId("s1"));
    expect(frame.newSessionModel.value).toBeNull();
  });
});

describe("panes", () => {
  test("where there is room a pane is shown and hidden beside the conversation", () => {
    const { frame } = frameAt(NEW);
    frame.toggle("side");
    expect(frame.isSideInline.value).toBe(false);
    expect(frame.drawer.value).toBeNull();
    frame.show("side");
    expect(frame.isSideInline.value).toBe(true);
  });

  test("where there is none it is a drawer, one at a time", () => {
    const { frame } = frameAt(NEW, { isWide: false });
    frame.toggle("side");
    expect(frame.drawer.value).toBe("side");
    frame.toggle("workspace");
    expect(frame.drawer.value).toBe("workspace");
    frame.toggle("workspace");
    expect(frame.drawer.value).toBeNull();
  });

  test("a session chosen in a drawer takes the drawer's step in the back list and closes it", () => {
    const { frame, navigate } = frameAt(NEW, { isWide: false });
    frame.toggle("side");
    frame.openSession(readId("s1"));
    expect(frame.drawer.value).toBeNull();
    expect(navigate).toHaveBeenLastCalledWith(session("s1"), { replace: true });
    frame.openSession(readId("s2"));
    expect(navigate).toHaveBeenLastCalledWith(session("s2"), { replace: false });
  });
});

describe("the focus", () => {
  test("a change of session asks for the message box, unless it was made by keyboard in the list", () => {
    const { frame } = frameAt(NEW);
    const before = frame.composerWish.value;
    frame.openSession(readId("s1"));
    expect(frame.composerWish.value).toBe(before + 1);
    frame.keepFocus();
    frame.openSession(readId("s2"));
    expect(frame.composerWish.value).toBe(before + 1);
    frame.openSession(readId("s3"));
    expect(frame.composerWish.value).toBe(before + 2);
  });

  test("each wish is granted once", () => {
    const { frame } = frameAt(NEW);
    const wish = frame.composerWish.value;
    expect(frame.takeComposerWish(wish)).toBe(true);
    expect(frame.takeComposerWish(wish)).toBe(false);
  });
});

describe("undo", () => {
  test("[I4] only the newest is taken back by the key, and each once", () => {
    const { frame } = frameAt(NEW);
    const first = vi.fn<() => void>();
    const second = vi.fn<() => void>();
    const undoFirst = frame.offerUndo({ words: "Deleted a.", run: first });
    frame.offerUndo({ words: "Deleted b.", run: second });
    expect(frame.undoLast()).toBe(true);
    expect(second).toHaveBeenCalledTimes(1);
    expect(frame.undoLast()).toBe(false);
    undoFirst();
    expect(first).toHaveBeenCalledTimes(1);
  });
});
