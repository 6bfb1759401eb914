import "./session-list.css";
import { Plus, Settings } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";

import type { SessionRow } from "#protocol/commands.ts";
import { lazily } from "#ui/frame/lazily.tsx";
import type { Ui } from "#ui/frame/ui.ts";
import { Button, IconButton } from "#ui/kit/button.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { sizeWords } from "#ui/kit/size-words.ts";

import { groupRows } from "./groups.ts";
import { moveInList } from "./list-keys.ts";
import { SearchBox } from "./search-box.tsx";
import { linkOf, SessionItem } from "./session-item.tsx";

const SearchResults = lazily(() => import("./search-results.tsx"));

/** Words like "5 min ago" and the headings of days are drawn anew this often. */
const CLOCK_MS = 60_000;

/** The pane with all sessions: search, groups, and where they are stored. */
export function SessionList({ ui }: { readonly ui: Ui }) {
  const [query, setQuery] = useState("");
  const isSearching = query.trim() !== "";
  return (
    <div class="session-list">
      <header class="side-header">
        <p class="brand">Holdfast</p>
        <IconButton icon={Plus} label="New session" onClick={() => ui.frame.newSession()} />
      </header>
      <SearchBox query={query} onChange={setQuery} />
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys that move between its links */}
      <nav class="session-nav" aria-label="Session list" onKeyDown={moveInList}>
        {isSearching ? <SearchResults ui={ui} query={query} onClear={() => setQuery("")} /> : <Groups ui={ui} />}
      </nav>
      <Footer ui={ui} />
    </div>
  );
}

function Groups({ ui }: { readonly ui: Ui }) {
  const { list, open } = ui.view;
  const now = useClock(ui);
  const [tabStop, setTabStop] = useState<string | null>(null);
  const rows = list.rows.value;
  const shown = rows.filter((row) => !row.entry.isArchived);
  const archived = rows.filter((row) => row.entry.isArchived);
  const groups = groupRows(shown, now);
  const currentId = open.value?.sessionId ?? null;
  const order = groups.flatMap((group) => group.rows);
  const isListed = (id: string | null) => order.some((row) => row.entry.sessionId === id);
  const stop = [tabStop, currentId].find(isListed) ?? order[0]?.entry.sessionId ?? null;
  const item = (row: SessionRow, among: readonly SessionRow[]) => (
    <SessionItem
      key={row.entry.sessionId}
      ui={ui}
      row={row}
      now={now}
      isCurrent={row.entry.sessionId === currentId}
      hasTabStop={row.entry.sessionId === stop || row.entry.isArchived}
      onFocus={() => setTabStop(row.entry.sessionId)}
      onLeave={() => focusNeighbour(among, row)}
    />
  );
  return (
    <>
      <ListState ui={ui} isEmpty={rows.length === 0} />
      {groups.map((group) => (
        <section key={group.key} aria-labelledby={`group-${group.key}`}>
          <h2 class="group-heading" id={`group-${group.key}`}>
            {group.heading}
          </h2>
          <ul>{group.rows.map((row) => item(row, order))}</ul>
        </section>
      ))}
      {archived.length > 0 && (
        <details class="archived">
          <summary class="group-heading">Archived · {archived.length}</summary>
          <ul>{archived.map((row) => item(row, archived))}</ul>
        </details>
      )}
      <Older ui={ui} />
    </>
  );
}

function ListState({ ui, isEmpty }: { readonly ui: Ui; readonly isEmpty: boolean }) {
  const { list } = ui.view;
  const state = list.state.value;
  switch (state.kind) {
    case "loading":
      return isEmpty ? <p class="list-note">Reading sessions…</p> : null;
    case "failed":
      return (
        <div class="list-note">
          <p>The list could not be read. {state.refusal.message}</p>
          <Button onClick={() => void list.read()}>Try again</Button>
        </div>
      );
    case "ready":
      return isEmpty ? (
        <div class="list-note">
          <p>Nothing here yet.</p>
          <Button icon={Plus} onClick={() => ui.frame.newSession()}>
            New session
          </Button>
        </div>
      ) : null;
  }
}

/** Reads on when it comes into view; a button as well, for whoever does not scroll. */
function Older({ ui }: { readonly ui: Ui }) {
  const { list } = ui.view;
  const ref = useRef<HTMLDivElement>(null);
  const cursor = list.next.value;
  useEffect(() => {
    const end = ref.current;
    if (cursor === null || end === null) return undefined;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) void list.readMore();
    });
    observer.observe(end);
    return () => observer.disconnect();
  }, [cursor, list]);
  if (cursor === null) return null;
  return (
    <div ref={ref} class="older">
      <Button kind="quiet" onClick={() => void list.readMore()}>
        Show older sessions
      </Button>
    </div>
  );
}

function Footer({ ui }: { readonly ui: Ui }) {
  const [usedBytes, setUsedBytes] = useState<number | null>(null);
  const { ports, view } = ui;
  const isReady = ports.agentState.value === "ready";
  const isRunning = view.isRunning.value;
  useEffect(() => {
    if (!isReady || isRunning) return;
    void ports.call("read-storage-usage", null).then((reply) => {
      if (reply.ok) setUsedBytes(reply.value.usedBytes);
    });
  }, [ports, isReady, isRunning]);
  return (
    <footer class="side-footer">
      <p>Stored on this device{usedBytes !== null && ` · ${sizeWords(usedBytes)}`}</p>
      <a
        class="icon-button"
        href={ports.href({ kind: "settings", section: null })}
        aria-label="Settings"
        title="Settings"
        onClick={(event) => {
          event.preventDefault();
          ui.frame.go({ kind: "settings", section: null });
        }}
      >
        <Icon of={Settings} />
      </a>
    </footer>
  );
}

function focusNeighbour(rows: readonly SessionRow[], row: SessionRow): void {
  const at = rows.indexOf(row);
  const neighbour = rows[at + 1] ?? rows[at - 1];
  const target = neighbour === undefined ? null : linkOf(neighbour.entry.sessionId);
  // Not the search field: there Ctrl+Z would undo typing and not the deletion.
  (target ?? document.querySelector<HTMLElement>(".side-header button"))?.focus();
}

function useClock({ ports }: Ui): number {
  const [time, setTime] = useState(() => ports.now());
  useEffect(() => {
    const timer = setInterval(() => setTime(ports.now()), CLOCK_MS);
    return () => clearInterval(timer);
  }, [ports]);
  return time;
}
