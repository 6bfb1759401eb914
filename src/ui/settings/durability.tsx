import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";

import type { InterruptionCause } from "#domain/outcome.ts";
import type { MirrorStatus, Recovery, StorageUsage } from "#protocol/commands.ts";
import type { Ui } from "#ui/frame/ui.ts";
import { Button } from "#ui/kit/button.tsx";
import { sizeWords } from "#ui/kit/size-words.ts";

import { DurabilityTest } from "./durability-test.tsx";
import { ANSWER_MS, persistenceWords } from "./storage.tsx";

const RECOVERIES_READ = 50;
const RECOVERIES_SHOWN = 5;

interface Facts {
  readonly usage: StorageUsage | null;
  readonly copy: MirrorStatus | null;
  readonly recoveries: readonly Recovery[] | null;
}

/** How well what is written here outlives accidents, and a test of it on this very browser. */
export function Durability({ ui }: { readonly ui: Ui }) {
  const { ports } = ui;
  const [facts, setFacts] = useState<Facts | null>(null);
  const read = useCallback(async () => setFacts(await readFacts(ports)), [ports]);
  useEffect(() => void read(), [read]);
  return (
    <>
      <p>
        What you send is saved before it is answered, and an answer is saved about once a second while it is written.
        Here is how that stands on this device.
      </p>
      <dl class="facts" aria-busy={facts === null}>
        <Fact name="Storage">
          {facts === null ? "Reading…" : storageWords(facts.usage)}
          {facts?.usage?.isPersistent === false && (
            <p>
              <Button
                onClick={() => {
                  ports.requestPersistence();
                  setTimeout(() => void read(), ANSWER_MS);
                }}
              >
                Ask the browser to keep it
              </Button>
            </p>
          )}
        </Fact>
        <Fact name="Where the agent runs">{agentWords(ports.agentKind.value)}</Fact>
        <Fact name="Second copy">{facts === null ? "Reading…" : copyWords(facts.copy)}</Fact>
        <Fact name="Last unclean end">{facts === null ? "Reading…" : uncleanWords(facts.recoveries)}</Fact>
        <Fact name="Last interruptions">
          {facts === null ? "Reading…" : <Recoveries ui={ui} recoveries={facts.recoveries} />}
        </Fact>
      </dl>
      <DurabilityTest ui={ui} />
      <h3>If something goes wrong</h3>
      <ul class="setting-links">
        <li>
          <a href="./rescue.html">Save everything as a file, without starting the app</a>
        </li>
        <li>
          <a href="./?safe">Safe mode: read as text, save raw records, repair</a>
        </li>
      </ul>
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

async function readFacts({ call }: Ui["ports"]): Promise<Facts> {
  const [usage, copy, recoveries] = await Promise.all([
    call("read-storage-usage", null),
    call("read-mirror-status", null),
    call("list-recoveries", { limit: RECOVERIES_READ }),
  ]);
  return {
    usage: usage.ok ? usage.value : null,
    copy: copy.ok ? copy.value : null,
    recoveries: recoveries.ok ? recoveries.value : null,
  };
}

function storageWords(usage: StorageUsage | null): string {
  if (usage === null) return "The storage could not be asked.";
  const used = usage.usedBytes === null ? "" : ` About ${sizeWords(usage.usedBytes)} used.`;
  return persistenceWords(usage.isPersistent) + used;
}

function agentWords(kind: "shared" | "dedicated" | null): string {
  switch (kind) {
    case "shared":
      return "In a worker that all tabs share and that outlives the page: a reload does not interrupt a reply.";
    case "dedicated":
      return "In a worker of this tab. A reload interrupts a reply; it is taken up again where it was saved.";
    case null:
      return "It has not been started yet.";
  }
}

function copyWords(copy: MirrorStatus | null): string {
  if (copy === null) return "It could not be looked at.";
  if (copy.kind === "none") return "This browser gives the app no place outside its database, so there is none.";
  const words = [
    copy.newestAt === null
      ? "Nothing has been copied yet."
      : `Up to ${momentWords(copy.newestAt)}, ${sizeWords(copy.bytes)} in all, outside the browser’s database.`,
  ];
  if (copy.lastCheck !== null) {
    const { at, damaged } = copy.lastCheck;
    const found = damaged === 0 ? "nothing damaged" : `${damaged} records damaged`;
    words.push(`Last compared ${momentWords(at)}: ${found}.`);
  }
  if (copy.trouble !== null) words.push(`The last copy failed. ${copy.trouble}`);
  return words.join(" ");
}

/** Nobody said farewell: the browser, the tab or the agent died. */
function isUnclean({ cause }: Recovery): boolean {
  return cause === "app-died" || cause === "agent-died";
}

function uncleanWords(recoveries: readonly Recovery[] | null): string {
  if (recoveries === null) return "The sessions could not be read.";
  const last = recoveries.find(isUnclean);
  if (last === undefined) return "None among the newest sessions.";
  return `Soon after ${momentWords(last.savedUpTo)}. ${last.mayMiss ? "Up to a second of a reply may have been lost." : "Nothing was lost."}`;
}

const CAUSES: Record<InterruptionCause, string> = {
  "page-closed": "The tab was closed or reloaded",
  update: "An update was installed",
  "paused-by-browser": "The browser paused the tab",
  "agent-died": "The agent stopped unexpectedly",
  "connection-dropped": "The connection dropped",
  stalled: "The model stopped sending",
  "app-died": "The app stopped unexpectedly",
};

function Recoveries({ ui, recoveries }: { readonly ui: Ui; readonly recoveries: readonly Recovery[] | null }) {
  if (recoveries === null) return <>The sessions could not be read.</>;
  if (recoveries.length === 0) return <>None among the newest sessions.</>;
  return (
    <ul class="recoveries">
      {recoveries.slice(0, RECOVERIES_SHOWN).map((recovery) => {
        const { sessionId, turnSeq } = recovery;
        return (
          <li key={`${sessionId} ${turnSeq} ${recovery.at}`}>
            <a dir="auto" href={ui.ports.href({ kind: "session", sessionId, turnSeq })}>
              {recovery.title}
            </a>
            <small>
              Found {momentWords(recovery.at)}. {CAUSES[recovery.cause]}. Saved up to {momentWords(recovery.savedUpTo)}
              {recovery.mayMiss ? "; up to a second may be missing." : "; nothing is missing."}
            </small>
          </li>
        );
      })}
    </ul>
  );
}

function momentWords(at: number): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" }).format(at);
}
