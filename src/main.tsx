import "#ui/kit/style.ts";
import { render } from "preact";

import { ErrorBoundary } from "#shell/error-boundary.tsx";
import { startShell } from "#shell/shell.ts";
import { App } from "#ui/app.tsx";
import { ViewState } from "#ui/view-state.ts";

const root = document.querySelector("#app");
if (root === null) throw new Error("index.html has no place for the app.");

try {
  const shell = await startShell();
  const { ports, plainPorts, openings } = shell;
  const sessionId = plainPorts.sessionId();
  if (sessionId !== null && openings.begin(sessionId)) {
    const { PlainSession } = await import("#shell/trouble.tsx");
    render(<PlainSession ports={plainPorts} sessionId={sessionId} />, root);
    const shown = ports.route.peek();
    ports.route.subscribe((route) => {
      // Another session deserves the whole app, which this page has not started.
      if (route !== shown) plainPorts.reload();
    });
  } else {
    const view = new ViewState(ports);
    shell.tell((event) => view.receive(event));
    shell.begin(() => {
      void view.open.peek()?.attach();
      void view.list.read();
    });
    const failed = (error: unknown): void => {
      openings.failed();
      shell.errors.report("The page could not be drawn.", error);
    };
    render(
      <ErrorBoundary ports={plainPorts} onError={failed}>
        <App ports={ports} view={view} />
      </ErrorBoundary>,
      root,
    );
  }
} catch (error) {
  console.error("The app could not start.", error);
  const reload = (): void => location.reload();
  const call = (): Promise<{ ok: false; refusal: { reason: "agent-died"; message: string } }> =>
    Promise.resolve({ ok: false, refusal: { reason: "agent-died", message: "The agent was not started." } });
  const { TroublePage } = await import("#shell/trouble.tsx");
  render(<TroublePage ports={{ call, sessionId: () => null, reload }} error={error} />, root);
}
