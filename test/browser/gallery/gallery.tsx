import "#ui/kit/style.ts";
import { render } from "preact";

import type { RunEventBody } from "#domain/run-event.ts";
import type { Turn } from "#domain/turn.ts";
import type { SessionSnapshot, TurnPage } from "#protocol/commands.ts";
import { pagePorts } from "#test/helpers/page-ports.ts";
import { createAnnouncer } from "#ui/kit/announcer.ts";
import { Toaster } from "#ui/kit/toaster.tsx";
import { drawings } from "#ui/transcript/markdown/block-view.tsx";
import { Transcript } from "#ui/transcript/transcript.tsx";
import { ViewState } from "#ui/view-state.ts";

import "./gallery.css";
import type { Scene } from "./scenes.ts";
import { SCENES } from "./scenes.ts";
import { COMPLETED, GALLERY_NOW, GALLERY_SESSION, run, textPart, turn } from "./turns.ts";

/** The transcript alone, on invented sessions: `?scene=tools&theme=dark`. What a test may do with it is on `window.gallery`. */
const query = new URLSearchParams(location.search);
const scene: Scene = (SCENES[query.get("scene") ?? "mock"] ?? SCENES["mock"] ?? fail)();
const theme = query.get("theme");
if (theme !== null) document.documentElement.dataset["theme"] = theme;

const earlier: Turn[] = [];
const PAGE = 5;
const shown = scene.turns.length > PAGE && query.has("paged") ? scene.turns.slice(-PAGE) : scene.turns;
earlier.push(...scene.turns.slice(0, scene.turns.length - shown.length));

const isClockLive = query.has("live");
const ports = pagePorts(answer, { now: () => (isClockLive ? Date.now() : GALLERY_NOW) });
const view = new ViewState(ports);
const announcer = createAnnouncer(document);
const session = view.openSession(GALLERY_SESSION);

function fail(): never {
  throw new Error("There is no such scene.");
}

function snapshot(): SessionSnapshot {
  return {
    sessionId: GALLERY_SESSION,
    session: null,
    turns: shown,
    siblings: scene.siblings ?? [],
    hasEarlier: earlier.length > 0,
    queue: [],
    queuePause: null,
    draft: null,
    runner: "here",
    savedAt: GALLERY_NOW,
    continuesAt: scene.continuesAt ?? null,
  };
}

function answer(name: string): unknown {
  if (name === "attach-session") return snapshot();
  if (name === "list-sessions") return { rows: [], next: null };
  if (name === "list-connections") return [];
  if (name === "read-earlier-turns") {
    const turns = earlier.splice(-PAGE);
    return { turns, siblings: [], hasEarlier: earlier.length > 0 } satisfies TurnPage;
  }
  return undefined;
}

const app = document.getElementById("app");
if (app === null) throw new Error("The page has no place for the gallery.");
render(
  <main class="gallery">
    <h1>Gallery</h1>
    <Transcript ui={{ ports, view, announcer }} session={session} openFile={() => undefined} />
    <Toaster toasts={view.toasts} announcer={announcer} />
  </main>,
  app,
);

let streamed: Turn | null = null;
let seq = 0;

const gallery = {
  asked: ports.asked,
  drawings,
  /** Begins a turn whose answer streams. */
  begin(sentAt: number = ports.now()): void {
    const begun = turn(
      "A question that was sent just now",
      [run(null, { lastSeq: 0 })],
      [textPart("", { state: "streaming" })],
    );
    streamed = { ...begun, user: { ...begun.user, sentAt } };
    seq = 0;
    view.receive({ type: "turn-changed", sessionId: GALLERY_SESSION, turn: streamed });
  },
  /** Gives the streaming turn one more event. */
  event(body: RunEventBody): void {
    const current = streamed?.runs.at(-1);
    if (streamed === null || current === undefined) throw new Error("Nothing streams.");
    const event = { runId: current.id, seq: ++seq, at: ports.now(), ...body };
    view.receive({ type: "run-events", sessionId: GALLERY_SESSION, turnSeq: streamed.seq, events: [event] });
  },
  text(text: string): void {
    const part = streamed?.parts[0];
    if (part?.kind !== "text") throw new Error("Nothing streams.");
    gallery.event({ type: "text-delta", partId: part.id, text });
  },
  end(): void {
    gallery.event({ type: "run-ended", outcome: COMPLETED });
  },
  saved(): void {
    view.receive({ type: "saved", sessionId: GALLERY_SESSION, at: ports.now() + seq, kind: "checkpoint" });
  },
  goTo(turnSeq: number): void {
    ports.set.route({ kind: "session", sessionId: GALLERY_SESSION, turnSeq });
  },
};

export type Gallery = typeof gallery;

Object.assign(globalThis, { gallery });
