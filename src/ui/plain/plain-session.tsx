import "./plain.css";
import { useEffect, useState } from "preact/hooks";

import type { SessionId } from "#domain/ids.ts";
import type { RawSession } from "#protocol/commands.ts";
import type { PageEndpoint } from "#protocol/endpoint.ts";
import { saveAs } from "#ui/kit/save-as.ts";

interface PlainSessionProps {
  readonly call: PageEndpoint["call"];
  readonly sessionId: SessionId;
}

type State =
  | { readonly kind: "reading" }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "ready"; readonly raw: RawSession };

/**
 * A session as text and nothing else: no Markdown, no cards, no part of the interface that may be what fails. Read past
 * every check, so that one broken record hides nothing of the others.
 */
export function PlainSession({ call, sessionId }: PlainSessionProps) {
  const [state, setState] = useState<State>({ kind: "reading" });
  useEffect(() => {
    let isWanted = true;
    setState({ kind: "reading" });
    void call("export-raw-session", { sessionId }).then((reply) => {
      if (!isWanted) return;
      setState(reply.ok ? { kind: "ready", raw: reply.value } : { kind: "failed", message: reply.refusal.message });
    });
    return () => {
      isWanted = false;
    };
  }, [call, sessionId]);
  switch (state.kind) {
    case "reading":
      return <output>Reading the session…</output>;
    case "failed":
      return (
        <p>
          <output>The session could not be read. {state.message}</output>{" "}
          <a href="./rescue.html">Save everything as a file</a> works all the same.
        </p>
      );
    case "ready":
      return <PlainText raw={state.raw} />;
  }
}

function PlainText({ raw }: { readonly raw: RawSession }) {
  const { title, messages, unreadable } = raw;
  return (
    <section class="plain-session" aria-label="The session as plain text">
      <h2 dir="auto">{title ?? "Session without a readable title"}</h2>
      <p>
        {messages.length === 0
          ? "Nothing of its text can be read."
          : "All that can be read of it, in the order in which it was stored. What belongs to an earlier version of a message stands beside the later one."}
        {unreadable > 0 && ` ${unreadable} of its records cannot be read from the disk.`}
      </p>
      <p class="plain-actions">
        <button
          type="button"
          class="button"
          onClick={() =>
            saveAs(`${title ?? "session"}.txt`, new Blob([asText(raw)], { type: "text/plain;charset=utf-8" }))
          }
        >
          Save as text
        </button>
        <button
          type="button"
          class="button"
          onClick={() => saveAs(raw.fileName, new Blob([raw.text], { type: "application/json" }))}
        >
          Save the raw records
        </button>
      </p>
      {messages.map(({ question, answer }, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- the list is read once and never changes
        <article key={index} class="plain-message">
          {question !== null && (
            <>
              <h3>You</h3>
              <pre dir="auto">{question}</pre>
            </>
          )}
          {answer !== "" && (
            <>
              <h3>Assistant</h3>
              <pre dir="auto">{answer}</pre>
            </>
          )}
        </article>
      ))}
    </section>
  );
}

function asText({ title, messages }: RawSession): string {
  const blocks = messages.map(({ question, answer }) =>
    [question === null ? [] : ["You:", question], answer === "" ? [] : ["Assistant:", answer]].flat().join("\n"),
  );
  return `${title ?? "Session"}\n\n${blocks.join("\n\n")}\n`;
}
