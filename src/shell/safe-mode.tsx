import "./trouble.css";
import type { ReadonlySignal } from "@preact/signals";
import { useCallback, useEffect, useState } from "preact/hooks";

import type { ListCursor, SessionRow, StorageRepair } from "#protocol/commands.ts";
import { PlainSession } from "#ui/plain/plain-session.tsx";
import type { Route } from "#ui/ports.ts";

import type { PlainPorts } from "./error-boundary.tsx";
import { formatRoute } from "./routes.ts";
import { RESCUE_PAGE } from "./trouble.tsx";

/** Why the app is shown in its simplest form. */
export type SafeReason = "asked" | "starts" | "session";

const REASONS: Record<SafeReason, string> = {
  asked: "This is Holdfast in its simplest form, for when something in it fails.",
  starts: "Holdfast did not get ready twice in a row, so it is shown in its simplest form.",
  session: "This session could not be drawn twice, so it is shown in the simplest form.",
};

const ROWS = 50;

interface SafeModeProps {
  readonly ports: PlainPorts;
  readonly route: ReadonlySignal<Route>;
  readonly reason: SafeReason;
  /** Starts the whole app again, as a fresh try. */
  readonly tryNormally: () => void;
}

/** What is left when the interface cannot be trusted: reading, saving as files, repairing, and the way back. */
export function SafeMode({ ports, route, reason, tryNormally }: SafeModeProps) {
  const current = route.value;
  const sessionId = current.kind === "session" ? current.sessionId : null;
  // What was repaired is read anew.
  const [repairs, setRepairs] = useState(0);
  return (
    <main class="trouble">
      <h1>Safe mode</h1>
      <p>{REASONS[reason]} Nothing was deleted: everything that can be read is here, as text.</p>
      <div class="trouble-actions">
        <button type="button" class="button" data-kind="primary" onClick={tryNormally}>
          Try normally again
        </button>
        {sessionId !== null && (
          <button
            type="button"
            class="button"
            onClick={() => {
              location.hash = formatRoute({ kind: "new", text: null });
              tryNormally();
            }}
          >
            Open a new session instead
          </button>
        )}
      </div>
      <RepairSection ports={ports} onRepaired={() => setRepairs(repairs + 1)} />
      <section class="trouble-section" aria-labelledby="save-title">
        <h2 id="save-title">Save everything</h2>
        <p>
          <a href={RESCUE_PAGE}>A page that does not need the app</a> saves all that is kept on this device as one file.
        </p>
      </section>
      <SessionLinks key={`list-${repairs}`} ports={ports} shown={sessionId} />
      {sessionId !== null && <PlainSession key={`${sessionId} ${repairs}`} call={ports.call} sessionId={sessionId} />}
    </main>
  );
}

function RepairSection({ ports, onRepaired }: { readonly ports: PlainPorts; readonly onRepaired: () => void }) {
  const [outcome, setOutcome] = useState("");
  const [isBusy, setBusy] = useState(false);
  const repair = async (): Promise<void> => {
    setBusy(true);
    setOutcome("Repairing…");
    const reply = await ports.call("repair-storage", null);
    setBusy(false);
    setOutcome(reply.ok ? repairWords(reply.value) : `Nothing was changed. ${reply.refusal.message}`);
    if (reply.ok) onRepaired();
  };
  return (
    <section class="trouble-section" aria-labelledby="repair-title">
      <h2 id="repair-title">Repair</h2>
      <p>
        Writes the list of sessions anew, sets records aside that cannot be read (they are kept), puts their sessions
        together again, and settles replies that were interrupted.
      </p>
      <div class="trouble-actions">
        <button
          type="button"
          class="button"
          aria-disabled={isBusy ? true : undefined}
          onClick={() => {
            if (!isBusy) void repair();
          }}
        >
          Repair
        </button>
      </div>
      <output>{outcome}</output>
    </section>
  );
}

/** What a repair did, in plain words. */
export function repairWords({ setAside, rebuilt, left, listed, recovered }: StorageRepair): string {
  const words = [`Repaired. The list has ${count(listed, "session")}.`];
  if (setAside > 0) words.push(`${count(setAside, "record")} could not be read and were set aside.`);
  if (rebuilt > 0) words.push(`Put together again: ${rebuilt}.`);
  if (left > 0) words.push(`${count(left, "record")} cannot be read now and were left as they are.`);
  if (recovered > 0) words.push(`Interrupted replies settled: ${recovered}.`);
  if (setAside + left + recovered === 0) words.push("Everything could be read.");
  return words.join(" ");
}

function count(amount: number, one: string): string {
  return `${amount} ${amount === 1 ? one : `${one}s`}`;
}

interface SessionLinksProps {
  readonly ports: PlainPorts;
  readonly shown: string | null;
}

function SessionLinks({ ports, shown }: SessionLinksProps) {
  const [rows, setRows] = useState<readonly SessionRow[]>([]);
  const [next, setNext] = useState<ListCursor | null>(null);
  const [words, setWords] = useState("Reading…");
  const read = useCallback(
    async (after: ListCursor | null): Promise<void> => {
      const reply = await ports.call("list-sessions", { after, limit: ROWS });
      setWords(reply.ok ? "" : `The list could not be read. ${reply.refusal.message}`);
      if (!reply.ok) return;
      setRows((known) => [...(after === null ? [] : known), ...reply.value.rows]);
      setNext(reply.value.next);
      if (after === null && reply.value.rows.length === 0) setWords("There are no sessions in the list.");
    },
    [ports],
  );
  useEffect(() => void read(null), [read]);
  return (
    <section class="trouble-section" aria-labelledby="sessions-title">
      <h2 id="sessions-title">Sessions</h2>
      <ul class="trouble-list">
        {rows.map(({ entry: { sessionId, title } }) => (
          <li key={sessionId}>
            <a
              dir="auto"
              href={formatRoute({ kind: "session", sessionId, turnSeq: null })}
              aria-current={sessionId === shown ? "true" : undefined}
            >
              {title}
            </a>
          </li>
        ))}
      </ul>
      {next !== null && (
        <div class="trouble-actions">
          <button type="button" class="button" onClick={() => void read(next)}>
            More
          </button>
        </div>
      )}
      <output>{words}</output>
    </section>
  );
}
