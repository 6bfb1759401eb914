import { useEffect, useState } from "preact/hooks";

import type { SessionId } from "#domain/ids.ts";
import { readId } from "#domain/ids.ts";
import type { SessionMatch } from "#domain/tool-call.ts";
import type { Ui } from "#ui/frame/ui.ts";
import { Button } from "#ui/kit/button.tsx";

import { splitAtHits, titleMatches } from "./find.ts";
import { timeWords } from "./row-words.ts";

/** Titles are filtered with every key; the messages are searched when typing pauses this long. */
const SEARCH_DELAY_MS = 150;
const MOST_MATCHES = 50;

type MessageSearch =
  | { readonly kind: "searching" }
  | { readonly kind: "found"; readonly query: string; readonly matches: readonly SessionMatch[] }
  | { readonly kind: "failed"; readonly message: string };

interface SearchResultsProps {
  readonly ui: Ui;
  readonly query: string;
  readonly onClear: () => void;
}

/** What a search finds: titles at once, then places in the messages, which jump to their turn. */
export default function SearchResults({ ui, query, onClear }: SearchResultsProps) {
  const search = useMessageSearch(ui, query.trim());
  const titles = ui.view.list.rows.value.filter((row) => titleMatches(row.entry.title, query.trim()));
  const matches = search.kind === "found" ? search.matches : [];
  const isNothing = search.kind === "found" && titles.length === 0 && matches.length === 0;
  return (
    <>
      {titles.length > 0 && (
        <section aria-labelledby="found-titles">
          <h2 class="group-heading" id="found-titles">
            Titles
          </h2>
          <ul>
            {titles.map(({ entry }) => (
              <li key={entry.sessionId} class="session-row">
                <Hit
                  ui={ui}
                  sessionId={entry.sessionId}
                  turnSeq={null}
                  title={entry.title}
                  query={query}
                  note={`${entry.isArchived ? "Archived · " : ""}${timeWords(entry.lastActivityAt, ui.ports.now())}`}
                />
              </li>
            ))}
          </ul>
        </section>
      )}
      {matches.length > 0 && (
        <section aria-labelledby="found-messages">
          <h2 class="group-heading" id="found-messages">
            Messages
          </h2>
          <ul>
            {matches.map((match) => (
              <li key={`${match.sessionId}-${match.turnSeq}`} class="session-row">
                <Hit
                  ui={ui}
                  sessionId={readId<SessionId>(match.sessionId)}
                  turnSeq={match.turnSeq}
                  title={match.title}
                  query={query}
                  note={match.snippet}
                />
              </li>
            ))}
          </ul>
        </section>
      )}
      {search.kind === "searching" && <p class="list-note">Searching messages…</p>}
      {search.kind === "failed" && <p class="list-note">Messages could not be searched. {search.message}</p>}
      {isNothing && (
        <div class="list-note">
          <p>No session contains “{query.trim()}”.</p>
          <Button onClick={onClear}>Clear search</Button>
        </div>
      )}
    </>
  );
}

interface HitProps {
  readonly ui: Ui;
  readonly sessionId: SessionId;
  readonly turnSeq: number | null;
  readonly title: string;
  readonly note: string;
  readonly query: string;
}

function Hit({ ui, sessionId, turnSeq, title, note, query }: HitProps) {
  return (
    <a
      data-testid={turnSeq === null ? "session-item" : undefined}
      href={ui.ports.href({ kind: "session", sessionId, turnSeq })}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        ui.frame.openSession(sessionId, turnSeq);
      }}
    >
      <span class="session-title" dir="auto">
        <Marked text={title} query={query} />
      </span>
      <small class={turnSeq === null ? undefined : "snippet"} dir="auto">
        <Marked text={note} query={query} />
      </small>
    </a>
  );
}

function Marked({ text, query }: { readonly text: string; readonly query: string }) {
  return (
    <>{splitAtHits(text, query).map((piece, at) => (piece.isHit ? <mark key={at}>{piece.text}</mark> : piece.text))}</>
  );
}

function useMessageSearch(ui: Ui, query: string): MessageSearch {
  const [search, setSearch] = useState<MessageSearch>({ kind: "searching" });
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(() => {
      void ui.ports.call("search-sessions", { query, limit: MOST_MATCHES }).then((reply) => {
        if (!isCurrent) return;
        if (!reply.ok) {
          setSearch({ kind: "failed", message: reply.refusal.message });
          return;
        }
        setSearch({ kind: "found", query, matches: reply.value });
        ui.announcer.say(reply.value.length === 1 ? "1 place found." : `${reply.value.length} places found.`);
      });
    }, SEARCH_DELAY_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [ui, query]);
  return search;
}
