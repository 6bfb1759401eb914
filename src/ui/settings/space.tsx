import { useCallback, useEffect, useState } from "preact/hooks";

import type { SessionId } from "#domain/ids.ts";
import type { LargeFile, LargeSession, StorageKind, StorageReport } from "#protocol/commands.ts";
import type { Ui } from "#ui/frame/ui.ts";
import { Button } from "#ui/kit/button.tsx";
import { Dialog } from "#ui/kit/dialog.tsx";
import { sizeWords } from "#ui/kit/size-words.ts";

const KIND_WORDS: Readonly<Record<StorageKind, string>> = {
  sessions: "Sessions",
  journal: "Replies being written",
  attachments: "Attachments",
  files: "Workspace files",
  mirror: "Second copy of sessions",
  app: "Holdfast itself, for use offline",
  other: "Other",
};

/** Something that cannot be undone, until the person has said yes. */
interface Question {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly run: () => Promise<unknown>;
}

interface SpaceProps {
  readonly ui: Ui;
  /** Space was freed: what is shown beside this is read again. */
  readonly onChange: () => void;
}

/** What takes space, and every way to free some: the trash, sessions and files, largest first. */
export function Space({ ui, onChange }: SpaceProps) {
  const [report, setReport] = useState<StorageReport | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const { ports } = ui;
  const read = useCallback(async () => {
    const reply = await ports.call("measure-storage", null);
    if (reply.ok) setReport(reply.value);
    setFailure(reply.ok ? null : reply.refusal.message);
  }, [ports]);
  useEffect(() => void read(), [read]);
  const changed = () => {
    onChange();
    void read();
  };
  if (report === null) {
    return failure === null ? <p>Counting what takes space…</p> : <p class="save-failed">{failure}</p>;
  }
  return (
    <>
      {failure !== null && <p class="save-failed">{failure}</p>}
      <Kinds report={report} />
      <Trash ui={ui} report={report} ask={setQuestion} />
      <LargestSessions ui={ui} sessions={report.sessions} ask={setQuestion} onChange={changed} />
      <LargestFiles ui={ui} files={report.files} ask={setQuestion} />
      {question !== null && (
        <Dialog
          title={question.title}
          onClose={() => setQuestion(null)}
          actions={
            <>
              <Button onClick={() => setQuestion(null)}>Keep</Button>
              <Button
                kind="danger"
                onClick={() => {
                  setQuestion(null);
                  void question.run().then(changed);
                }}
              >
                {question.yes}
              </Button>
            </>
          }
        >
          <p>{question.text}</p>
        </Dialog>
      )}
    </>
  );
}

function Kinds({ report }: { readonly report: StorageReport }) {
  return (
    <>
      <h3 id="space-kinds">What takes space</h3>
      <ul class="setting-rows" aria-labelledby="space-kinds">
        {report.kinds
          .filter(({ bytes }) => bytes > 0)
          .map(({ kind, bytes }) => (
            <li key={kind}>
              <span>{KIND_WORDS[kind]}</span>
              <span class="muted">{sizeWords(bytes)}</span>
            </li>
          ))}
      </ul>
    </>
  );
}

type Ask = (question: Question) => void;

function Trash({ ui, report, ask }: { readonly ui: Ui; readonly report: StorageReport; readonly ask: Ask }) {
  const { sessions, bytes } = report.trash;
  const count = sessions === 1 ? "1 deleted session" : `${sessions} deleted sessions`;
  return (
    <>
      <h3>Trash</h3>
      {sessions === 0 ? (
        <p>The trash is empty. A deleted session stays here for 30 days and takes space until then.</p>
      ) : (
        <div class="setting-inline">
          <p>
            {count}, {sizeWords(bytes)}. Removed for good 30 days after they were deleted.
          </p>
          <Button
            onClick={() =>
              ask({
                title: "Empty the trash?",
                text: `${count} and all that belongs to ${sessions === 1 ? "it" : "them"} will be removed from this device for good.`,
                yes: "Empty the trash",
                run: async () => {
                  const done = await ui.view.ask("empty-trash", null);
                  if (done !== null) ui.announcer.say("The trash is empty.");
                },
              })
            }
          >
            Empty the trash
          </Button>
        </div>
      )}
    </>
  );
}

interface LargestSessionsProps {
  readonly ui: Ui;
  readonly sessions: readonly LargeSession[];
  readonly ask: Ask;
  readonly onChange: () => void;
}

function LargestSessions({ ui, sessions, ask, onChange }: LargestSessionsProps) {
  if (sessions.length === 0) return null;
  return (
    <>
      <h3 id="space-sessions">Largest sessions</h3>
      <ul class="setting-rows" aria-labelledby="space-sessions">
        {sessions.map((session) => (
          <li key={session.sessionId}>
            <SessionLink ui={ui} sessionId={session.sessionId} title={session.title} bytes={session.bytes} />
            <span class="actions">
              {session.fileCount > 0 && (
                <Button aria-describedby={`space-${session.sessionId}`} onClick={() => ask(aboutFiles(ui, session))}>
                  Remove its files ({sizeWords(session.fileBytes)})
                </Button>
              )}
              <Button
                aria-describedby={`space-${session.sessionId}`}
                onClick={() => void deleteSession(ui, session, onChange)}
              >
                Delete
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function aboutFiles(ui: Ui, { sessionId, title, fileCount, fileBytes }: LargeSession): Question {
  const files = fileCount === 1 ? "The one file" : `All ${fileCount} files`;
  return {
    title: "Remove the session’s files?",
    text: `${files} in the workspace of “${title}” (${sizeWords(fileBytes)}) will be removed from this device for good. Its messages stay, with what was attached to them.`,
    yes: "Remove the files",
    run: async () => {
      const done = await ui.view.ask("remove-session-files", { sessionId });
      if (done !== null) ui.announcer.say("The files are removed.");
    },
  };
}

/** Goes to the trash at once, from where it can be brought back. */
async function deleteSession(ui: Ui, { sessionId, title }: LargeSession, onChange: () => void): Promise<void> {
  if ((await ui.view.ask("delete-session", { sessionId })) === null) return;
  if (ui.view.open.peek()?.sessionId === sessionId) ui.view.closeSession();
  ui.view.forgetSession(sessionId);
  onChange();
  const words = `Deleted “${title}”. Empty the trash to free its space.`;
  const run = () => void ui.view.ask("undelete-session", { sessionId }).then(onChange);
  ui.view.toasts.show(words, { action: { label: "Undo", run: ui.frame.offerUndo({ words, run }) } });
}

interface LargestFilesProps {
  readonly ui: Ui;
  readonly files: readonly LargeFile[];
  readonly ask: Ask;
}

function LargestFiles({ ui, files, ask }: LargestFilesProps) {
  if (files.length === 0) return null;
  return (
    <>
      <h3 id="space-files">Largest files</h3>
      <ul class="setting-rows" aria-labelledby="space-files">
        {files.map((file, at) => (
          <li key={`${file.sessionId} ${file.path}`}>
            <span id={`space-file-${at}`} class="space-name">
              <bdi>{file.path}</bdi>{" "}
              <span class="muted">
                {sizeWords(file.bytes)}, in “<bdi>{file.title}</bdi>”
              </span>
            </span>
            <Button aria-describedby={`space-file-${at}`} onClick={() => ask(aboutFile(ui, file))}>
              Remove
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

function aboutFile(ui: Ui, { sessionId, path, bytes }: LargeFile): Question {
  return {
    title: "Remove the file?",
    text: `“${path}” (${sizeWords(bytes)}) will be removed from this device for good.`,
    yes: "Remove the file",
    run: async () => {
      const done = await ui.view.ask("remove-file", { sessionId, path });
      if (done !== null) ui.announcer.say("The file is removed.");
    },
  };
}

interface SessionLinkProps {
  readonly ui: Ui;
  readonly sessionId: SessionId;
  readonly title: string;
  readonly bytes: number;
}

function SessionLink({ ui, sessionId, title, bytes }: SessionLinkProps) {
  return (
    <span id={`space-${sessionId}`} class="space-name">
      <a
        href={ui.ports.href({ kind: "session", sessionId, turnSeq: null })}
        onClick={(event) => {
          event.preventDefault();
          ui.frame.openSession(sessionId);
        }}
      >
        <bdi>{title}</bdi>
      </a>{" "}
      <span class="muted">{sizeWords(bytes)}</span>
    </span>
  );
}
