import "#ui/kit/style.ts";
import { effect } from "@preact/signals";
import { render } from "preact";

import { ErrorBoundary } from "#shell/error-boundary.tsx";
import { startShell } from "#shell/shell.ts";
import { createStarts } from "#shell/starts.ts";
import { openTabMemory } from "#shell/tab-memory.ts";
import { App } from "#ui/app.tsx";
import { ViewState } from "#ui/view-state.ts";

const root = document.querySelector("#app");
if (root === null) throw new Error("index.html has no place for the app.");

const starts = createStarts({
  storage: () => localStorage,
  memory: openTabMemory(
    () => sessionStorage,
    () => undefined,
  ),
  now: Date.now,
  isVisible: () => document.visibilityState === "visible",
});
const isAsked = new URLSearchParams(location.search).has("safe");
const isSafe = isAsked || starts.begin();

// No top-level await: scripts that are loaded later take what they share with the first screen from the script of this module,
// and would wait for its end while it waits for them.
void start(root).catch((error: unknown) => fail(root, error));

async function start(root: Element): Promise<void> {
  const shell = await startShell();
  const { ports, plainPorts, openings } = shell;
  ports.onHide(starts.left);
  const sessionId = plainPorts.sessionId();
  if (isSafe || (sessionId !== null && openings.begin(sessionId))) {
    const { SafeMode } = await import("#shell/safe-mode.tsx");
    const tryNormally = (): void => {
      starts.forget();
      plainPorts.reload();
    };
    const reason = isAsked ? "asked" : isSafe ? "starts" : "session";
    render(<SafeMode ports={plainPorts} route={ports.route} reason={reason} tryNormally={tryNormally} />, root);
    starts.left();
  } else {
    const view = new ViewState(ports);
    shell.tell((event) => view.receive(event));
    shell.begin(() => {
      void view.open.peek()?.attach();
      void view.list.read();
    });
    const failed = (error: unknown): void => {
      const shown = plainPorts.sessionId();
      if (shown === null) starts.failed();
      else openings.failed(shown);
      shell.errors.report("The page could not be drawn.", error);
    };
    render(
      <ErrorBoundary ports={plainPorts} onError={failed}>
        <App ports={ports} view={view} />
      </ErrorBoundary>,
      root,
    );
    effect(() => {
      if (ports.agentState.value !== "ready" || view.open.value?.state.value.kind === "loading") return;
      // After the drawing, which may fail: what counts is a message box that is there. A session that cannot be opened has
      // its text in its place, and is no failure of the app.
      setTimeout(() => {
        if (root.querySelector("#composer:enabled, .page, .session-gone") !== null) starts.usable();
      });
    });
  }
}

async function fail(root: Element, error: unknown): Promise<void> {
  console.error("The app could not start.", error);
  starts.failed();
  const reload = (): void => location.reload();
  const call = (): Promise<{ ok: false; refusal: { reason: "agent-died"; message: string } }> =>
    Promise.resolve({ ok: false, refusal: { reason: "agent-died", message: "The agent was not started." } });
  // Where even that cannot be loaded, the page's own words stay (index.html).
  const { TroublePage } = await import("#shell/trouble.tsx");
  render(<TroublePage ports={{ call, sessionId: () => null, reload }} error={error} />, root);
}
