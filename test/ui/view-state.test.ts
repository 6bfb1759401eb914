import { effect } from "@preact/signals";
import { describe, expect, it } from "vitest";

import { applyEvents } from "#domain/apply-event.ts";
import { replyText } from "#domain/turn.ts";
import type { SessionSnapshot } from "#protocol/commands.ts";
import type { FakeAnswer } from "#test/helpers/page-ports.ts";
import { pagePorts, Refused } from "#test/helpers/page-ports.ts";
import { ViewState } from "#ui/view-state.ts";

import { pageClock } from "./page-clock.ts";
import { acceptedTurn, delta, ended, events, OTHER_SESSION, SESSION, snapshotOf, STARTED } from "./turns.ts";

function page(answer: FakeAnswer = () => undefined) {
  const time = pageClock();
  const ports = pagePorts((name, input) => answer(name, input) ?? defaults(name));
  const view = new ViewState(ports, time);
  const show = () => {
    time.advance(100);
    time.draw();
  };
  return { view, ports, time, show };
}

function defaults(name: string): unknown {
  if (name === "attach-session") return snapshotOf([acceptedTurn(1)]);
  if (name === "list-sessions") return { rows: [], next: null };
  return undefined;
}

async function settled(): Promise<void> {
  // Answers are promises; two turns of the task queue bring all of them to rest.
  await new Promise((resolve) => setTimeout(resolve));
  await new Promise((resolve) => setTimeout(resolve));
}

async function opened(answer?: FakeAnswer) {
  const parts = page(answer);
  const session = parts.view.openSession(SESSION);
  await settled();
  const receive = (
    from: number,
    ...bodies: Parameters<typeof events> extends [number, ...infer Rest] ? Rest : never
  ) => {
    parts.view.receive({ type: "run-events", sessionId: SESSION, turnSeq: 1, events: events(from, ...bodies) });
  };
  return { ...parts, session, receive };
}

describe("a session on screen", () => {
  it("[E2] shows what the one reducer makes of the events", async () => {
    const { session, receive, show } = await opened();
    receive(1, ...STARTED, delta("Hel"), delta("lo"), ended({ kind: "completed" }));
    show();
    const expected = applyEvents(
      acceptedTurn(1),
      events(1, ...STARTED, delta("Hel"), delta("lo"), ended({ kind: "completed" })),
    );
    expect(session.turn(1)?.value).toEqual(expected);
  });

  it("draws a hundred deltas as few changes, and none of the other turns", async () => {
    const { session, receive, show, time } = await opened((name) =>
      name === "attach-session" ? snapshotOf([acceptedTurn(1), acceptedTurn(2)]) : undefined,
    );
    let drawn = 0;
    let others = 0;
    effect(() => void (session.turn(1)?.value, drawn++));
    effect(() => void (session.turn(2)?.value, others++));
    receive(1, ...STARTED);
    for (let index = 0; index < 100; index++) {
      receive(4 + index, delta("x"));
      time.advance(1);
      time.draw();
    }
    show();
    expect(replyText(session.turn(1)?.value ?? acceptedTurn(1))).toBe("x".repeat(100));
    expect(drawn).toBeLessThanOrEqual(5);
    expect(others).toBe(1);
  });

  it("[C4] is not changed by what happens in another session", async () => {
    const { view, session, show } = await opened();
    const before = session.turn(1)?.value;
    view.receive({
      type: "run-events",
      sessionId: OTHER_SESSION,
      turnSeq: 1,
      events: events(1, ...STARTED, delta("no")),
    });
    view.receive({
      type: "turn-changed",
      sessionId: OTHER_SESSION,
      turn: { ...acceptedTurn(1), sessionId: OTHER_SESSION },
    });
    view.receive({ type: "saved", sessionId: OTHER_SESSION, at: 99, kind: "full" });
    view.receive({ type: "snapshot", snapshot: snapshotOf([], { sessionId: OTHER_SESSION }) });
    show();
    expect(session.turn(1)?.value).toBe(before);
    expect(session.turnSeqs.value).toEqual([1]);
    expect(session.savedAt.value).toBeNull();
  });

  it("[E3] attaches again when an event is missing, and loses none that came meanwhile", async () => {
    const whole = applyEvents(acceptedTurn(1), events(1, ...STARTED, delta("one "), delta("two ")));
    const answers: SessionSnapshot[] = [snapshotOf([acceptedTurn(1)]), snapshotOf([whole])];
    const { session, receive, show, ports } = await opened((name) =>
      name === "attach-session" ? answers.shift() : undefined,
    );
    receive(1, ...STARTED);
    receive(5, delta("two "));
    receive(6, delta("three"));
    await settled();
    show();
    expect(ports.asked.filter(({ name }) => name === "attach-session")).toHaveLength(2);
    expect(replyText(session.turn(1)?.value ?? acceptedTurn(1))).toBe("one two three");
  });

  it("[E1] takes an event twice as once", async () => {
    const { session, receive, show } = await opened();
    receive(1, ...STARTED, delta("one"));
    receive(1, ...STARTED, delta("one"));
    receive(4, delta("one"), delta(" two"));
    show();
    expect(replyText(session.turn(1)?.value ?? acceptedTurn(1))).toBe("one two");
  });

  it("adds a turn that was accepted, replaces one that changed, and asks anew for another branch", async () => {
    const { view, session, ports } = await opened();
    view.receive({ type: "turn-changed", sessionId: SESSION, turn: acceptedTurn(2) });
    expect(session.turnSeqs.value).toEqual([1, 2]);
    view.receive({ type: "turn-changed", sessionId: SESSION, turn: { ...acceptedTurn(2), resolution: "kept" } });
    expect(session.turn(2)?.value.resolution).toBe("kept");
    expect(ports.asked.filter(({ name }) => name === "attach-session")).toHaveLength(1);
    view.receive({ type: "turn-changed", sessionId: SESSION, turn: acceptedTurn(3, 1) });
    expect(session.turnSeqs.value).toEqual([1, 2]);
    expect(ports.asked.filter(({ name }) => name === "attach-session")).toHaveLength(2);
  });

  it("[V2] keeps what was read above when a new copy of the end arrives", async () => {
    const { view, session } = await opened((name) => {
      if (name === "attach-session") return snapshotOf([acceptedTurn(3), acceptedTurn(4)], { hasEarlier: true });
      if (name === "read-earlier-turns")
        return { turns: [acceptedTurn(1), acceptedTurn(2)], siblings: [], hasEarlier: false };
      return undefined;
    });
    await session.readEarlier();
    expect(session.turnSeqs.value).toEqual([1, 2, 3, 4]);
    expect(session.hasEarlier.value).toBe(false);
    const first = session.turn(1);
    view.receive({
      type: "snapshot",
      snapshot: snapshotOf([acceptedTurn(3), acceptedTurn(5, 3)], { hasEarlier: true }),
    });
    expect(session.turnSeqs.value).toEqual([1, 2, 3, 5]);
    expect(session.turn(1)).toBe(first);
    expect(session.turn(4)).toBeUndefined();
    expect(session.hasEarlier.value).toBe(false);
  });

  it("[V1] lets go of the turns far above", async () => {
    const { session } = await opened((name) =>
      name === "attach-session"
        ? snapshotOf(Array.from({ length: 9 }, (_, index) => acceptedTurn(index + 1)))
        : undefined,
    );
    session.forgetEarlier(2);
    expect(session.turnSeqs.value).toEqual([8, 9]);
    expect(session.turn(1)).toBeUndefined();
    expect(session.hasEarlier.value).toBe(true);
  });

  it("[P5] is up to date when a hidden page is shown again", async () => {
    const { session, receive, ports } = await opened();
    ports.set.isVisible(false);
    receive(1, ...STARTED, delta("unseen"));
    expect(replyText(session.turn(1)?.value ?? acceptedTurn(1))).toBe("unseen");
  });

  it("shows what waits when the page is left", async () => {
    const { session, receive, ports } = await opened();
    receive(1, ...STARTED, delta("last words"));
    ports.hide();
    expect(replyText(session.turn(1)?.value ?? acceptedTurn(1))).toBe("last words");
  });

  it("attaches again when the agent is back after it died", async () => {
    let isDead = false;
    const { session, ports, receive, show } = await opened((name) =>
      name === "attach-session" && isDead ? new Refused("agent-died", "It died.") : undefined,
    );
    receive(1, ...STARTED);
    isDead = true;
    ports.set.agentState("restarting");
    receive(9, delta("after a gap"));
    await settled();
    expect(session.state.value).toEqual({ kind: "ready" });
    isDead = false;
    const asked = () => ports.asked.filter(({ name }) => name === "attach-session").length;
    const before = asked();
    ports.set.agentState("ready");
    await settled();
    expect(asked()).toBe(before + 1);
    receive(1, ...STARTED, delta("again"));
    show();
    expect(replyText(session.turn(1)?.value ?? acceptedTurn(1))).toBe("again");
  });

  it("[R7] says when it cannot be opened, and tries again", async () => {
    let isBroken = true;
    const { session } = await opened((name) =>
      name === "attach-session" && isBroken ? new Refused("storage-failed", "It cannot be read.") : undefined,
    );
    expect(session.state.value).toMatchObject({ kind: "failed", refusal: { message: "It cannot be read." } });
    isBroken = false;
    await session.attach();
    expect(session.state.value).toEqual({ kind: "ready" });
  });
});

describe("the session list", () => {
  it("[I3] keeps its rows when reading fails", async () => {
    let isBroken = false;
    const { view } = page((name) =>
      name === "list-sessions" && isBroken ? new Refused("storage-failed", "No.") : undefined,
    );
    await settled();
    expect(view.list.state.value).toEqual({ kind: "ready" });
    isBroken = true;
    await view.list.read();
    expect(view.list.state.value.kind).toBe("failed");
    expect(view.list.rows.value).toEqual([]);
  });
});

describe("ask", () => {
  it("tells a granted command without a result from a refusal, and shows the refusal", async () => {
    const { view } = page((name) => (name === "stop-run" ? new Refused("busy", "Not now.") : undefined));
    expect(await view.ask("pin-session", { sessionId: SESSION, isPinned: true })).toBe(true);
    expect(await view.ask("stop-run", { sessionId: SESSION })).toBeNull();
    expect(view.toasts.shown.value.map((toast) => toast.text)).toEqual(["Not now."]);
  });
});

describe("notices", () => {
  it("go by themselves, later when they offer an action, and stay while they are held", () => {
    const { view, time } = page();
    view.toasts.show("short");
    view.toasts.show("with undo", { action: { label: "Undo", run: () => undefined } });
    const undo = view.toasts.shown.value[1];
    time.advance(6_000);
    expect(view.toasts.shown.value).toEqual([undo]);
    view.toasts.hold(undo?.id ?? 0);
    time.advance(60_000);
    expect(view.toasts.shown.value).toEqual([undo]);
    view.toasts.resume(undo?.id ?? 0);
    time.advance(10_000);
    expect(view.toasts.shown.value).toEqual([]);
  });

  it("are three at most, and none twice", () => {
    const { view } = page();
    for (const text of ["a", "b", "c", "c", "d"]) view.toasts.show(text);
    expect(view.toasts.shown.value.map((toast) => toast.text)).toEqual(["b", "c", "d"]);
  });
});
