import "#ui/kit/style.ts";
import "./app.css";
import { useEffect, useLayoutEffect, useMemo } from "preact/hooks";

import { createComposers } from "./composer/composer-state.ts";
import { Conversation } from "./frame/conversation.tsx";
import { Drawer } from "./frame/drawer.tsx";
import { useDocumentState } from "./frame/document-state.ts";
import { FrameState, watchWidths } from "./frame/frame-state.ts";
import { lazily } from "./frame/lazily.tsx";
import type { Ui } from "./frame/ui.ts";
import { createAnnouncer } from "./kit/announcer.ts";
import { Toaster } from "./kit/toaster.tsx";
import type { UiPorts } from "./ports.ts";
import type { ViewState } from "./view-state.ts";

const surroundings = () => import("./frame/surroundings.ts");
const SessionList = lazily(async () => ({ default: (await surroundings()).SessionList }));
const SettingsPage = lazily(() => import("./settings/settings-page.tsx"));
const ConnectPage = lazily(() => import("./connect/connect-page.tsx"));
const WorkspacePane = lazily(() => import("./workspace/workspace-pane.tsx"));
const HelpDialog = lazily(() => import("./frame/help-dialog.tsx"));

interface AppProps {
  readonly ports: UiPorts;
  readonly view: ViewState;
}

/**
 * The whole interface: sessions, conversation, workspace.
 *
 *     side │ main                     │ insp        from 80 rem
 *     side │ main                                   from 52 rem, the workspace is a drawer
 *            main                                   below, both are
 */
export function App({ ports, view }: AppProps) {
  const ui = useMemo(() => makeUi(ports, view), [ports, view]);
  const { frame } = ui;
  useRoute(ui);
  useDocumentState(ui);
  useSurroundings(ui);
  useEffect(() => ports.onHide(() => ui.composers.flushAll()), [ports, ui]);
  const drawer = frame.drawer.value;
  const hasSide = frame.isSideInline.value;
  const hasSession = ports.route.value.kind === "session" || ports.route.value.kind === "new";
  const hasWorkspace = hasSession && frame.isWorkspaceInline.value;
  // A drawer makes the page behind it inert: an Undo there could not be reached.
  const notices = <Toaster toasts={view.toasts} announcer={ui.announcer} />;
  return (
    <>
      <SkipLink hasSession={hasSession} />
      <div class="app" data-side={hasSide ? "" : undefined} data-insp={hasWorkspace ? "" : undefined}>
        {hasSide && (
          <aside class="side" aria-label="Sessions" data-region>
            <SessionList ui={ui} />
          </aside>
        )}
        <main class="main" id="main" tabIndex={-1}>
          <Main ui={ui} />
        </main>
        {hasWorkspace && (
          <aside class="insp" aria-label="Workspace" data-region>
            <WorkspacePane ui={ui} />
          </aside>
        )}
      </div>
      {drawer === "side" && (
        <Drawer pane="side" label="Sessions" frame={frame}>
          <SessionList ui={ui} />
          {notices}
        </Drawer>
      )}
      {drawer === "workspace" && (
        <Drawer pane="workspace" label="Workspace" frame={frame}>
          <WorkspacePane ui={ui} />
          {notices}
        </Drawer>
      )}
      {frame.isHelpOpen.value && <HelpDialog onClose={() => frame.setHelpOpen(false)} />}
      {drawer === null && notices}
    </>
  );
}

function SkipLink({ hasSession }: { readonly hasSession: boolean }) {
  const target = hasSession ? "composer" : "main";
  return (
    <a
      class="skip"
      href={`#${target}`}
      onClick={(event) => {
        // The fragment is the address of a session: only the focus goes there.
        event.preventDefault();
        document.getElementById(target)?.focus();
      }}
    >
      {hasSession ? "Skip to message box" : "Skip to content"}
    </a>
  );
}

function Main({ ui }: { readonly ui: Ui }) {
  const route = ui.ports.route.value;
  switch (route.kind) {
    case "settings":
      return <SettingsPage ui={ui} section={route.section} />;
    case "connect":
      return <ConnectPage ui={ui} />;
    case "session":
    case "new":
      return <Conversation ui={ui} />;
  }
}

function makeUi(ports: UiPorts, view: ViewState): Ui {
  return {
    ports,
    view,
    announcer: createAnnouncer(document),
    composers: createComposers(ports),
    frame: new FrameState(ports, view, watchWidths(matchMedia)),
  };
}

/** The keys that work everywhere; and the list, so that it is there when a drawer with it is opened. */
function useSurroundings(ui: Ui): void {
  useEffect(() => {
    let stop: (() => void) | null = () => {};
    Promise.all([surroundings(), SessionList.ahead()]).then(
      ([{ listenForShortcuts }]) => {
        if (stop !== null) stop = listenForShortcuts(ui);
      },
      // The list says so in its place, where it can be tried again.
      () => undefined,
    );
    return () => {
      stop?.();
      stop = null;
    };
  }, [ui]);
}

/** Opens what the address names; `#/try?text=…` fills a message box that nobody has written in, and sends nothing. */
function useRoute({ ports, view, frame, composers }: Ui): void {
  const route = ports.route.value;
  useLayoutEffect(() => frame.follow(route), [frame, route]);
  useEffect(() => {
    const open = view.open.peek();
    if (route.kind !== "new" || route.text === null || open === null) return;
    const composer = composers.of(open.sessionId);
    if (composer.draft.peek().text !== "") return;
    composer.setText(route.text);
    frame.nameInAddress(open.sessionId);
  }, [route, view, frame, composers]);
}
