import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import type { MirrorStatus, RestorePoint, RestorePointSession } from "#protocol/commands.ts";
import type { Ui } from "#ui/frame/ui.ts";
import { Button } from "#ui/kit/button.tsx";
import { Dialog } from "#ui/kit/dialog.tsx";
import { sizeWords } from "#ui/kit/size-words.ts";

type Loaded =
  | { readonly kind: "reading" }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "read"; readonly status: MirrorStatus; readonly points: readonly RestorePoint[] };

/** What the person is about to go back to; `session` null: everything. */
interface Choice {
  readonly point: RestorePoint;
  readonly session: RestorePointSession | null;
}

/** Moments one can go back to, with all sessions or with one, and how the second copy stands that they come from. */
export function RestorePoints({ ui }: { readonly ui: Ui }) {
  const [loaded, setLoaded] = useState<Loaded>({ kind: "reading" });
  const [choice, setChoice] = useState<Choice | null>(null);
  const [isBusy, setBusy] = useState(false);
  const introRef = useRef<HTMLParagraphElement>(null);
  const { ports } = ui;
  const read = useCallback(async () => setLoaded(await readPoints(ports)), [ports]);
  useEffect(() => void read(), [read]);
  const go = async ({ point, session }: Choice) => {
    setChoice(null);
    setBusy(true);
    await goBack(ui, point.at, session, read);
    await read();
    setBusy(false);
    // The button may be gone with its point: whoever works by keyboard goes on from here, not from the top of the page.
    introRef.current?.focus();
  };
  return (
    <>
      <p ref={introRef} tabIndex={-1}>
        Sessions are copied to a second place on this device, outside the browser’s database. You can go back to the end
        of each of the last 30 days. Nothing is lost by it: the state of now becomes a restore point, and what was
        written later stays in its session.
      </p>
      {loaded.kind === "reading" && <p>Reading the second copy…</p>}
      {loaded.kind === "failed" && (
        <p class="setting-inline">
          <span class="save-failed">The restore points could not be read. {loaded.message}</span>
          <Button onClick={() => void read()}>Try again</Button>
        </p>
      )}
      {loaded.kind === "read" && (
        <>
          <CopyWords status={loaded.status} />
          {loaded.points.length === 0 && loaded.status.kind === "on" && (
            <p>There is nothing to go back to yet: no session is different from how it was on an earlier day.</p>
          )}
          {loaded.points.map((point) => (
            <Point key={point.at} point={point} isBusy={isBusy} onChoose={setChoice} />
          ))}
        </>
      )}
      {choice !== null && (
        <Confirm choice={choice} onGo={(chosen) => void go(chosen)} onClose={() => setChoice(null)} />
      )}
    </>
  );
}

async function readPoints(ports: Ui["ports"]): Promise<Loaded> {
  const status = await ports.call("read-mirror-status", null);
  if (!status.ok) return { kind: "failed", message: status.refusal.message };
  if (status.value.kind === "none") return { kind: "read", status: status.value, points: [] };
  const points = await ports.call("list-restore-points", null);
  if (!points.ok) return { kind: "failed", message: points.refusal.message };
  return { kind: "read", status: status.value, points: points.value };
}

async function goBack(
  ui: Ui,
  at: number,
  session: RestorePointSession | null,
  read: () => Promise<void>,
): Promise<void> {
  const sessionId = session?.sessionId ?? null;
  const done = await ui.view.ask("restore-point", { at, sessionId });
  if (done === null) return;
  if (done.changed === 0) {
    ui.view.toasts.show(done.message);
    return;
  }
  const undo = async () => {
    const undone = await ui.view.ask("restore-point", { at: done.leftAt, sessionId });
    if (undone !== null) ui.view.toasts.show(undone.message);
    await read();
  };
  ui.view.toasts.show(done.message, { action: { label: "Undo", run: () => void undo() } });
}

function CopyWords({ status }: { readonly status: MirrorStatus }) {
  if (status.kind === "none") {
    return (
      <p>
        This browser gives the app no place outside its database, so there is no second copy. Export what you must not
        lose.
      </p>
    );
  }
  return (
    <>
      <p>
        {status.newestAt === null
          ? "Nothing has been copied yet."
          : `Copied up to ${momentWords(status.newestAt)}, ${sizeWords(status.bytes)} in all.`}
        {status.lastCheck !== null && ` Last compared ${momentWords(status.lastCheck.at)}.`}
      </p>
      {status.trouble !== null && <p class="save-failed">The last copy failed. {status.trouble}</p>}
      {status.lastRestore !== null && (
        <p>
          Last used {momentWords(status.lastRestore.at)}: {status.lastRestore.message}
        </p>
      )}
    </>
  );
}

interface PointProps {
  readonly point: RestorePoint;
  readonly isBusy: boolean;
  readonly onChoose: (choice: Choice) => void;
}

function Point({ point, isBusy, onChoose }: PointProps) {
  const words = pointWords(point);
  const disabledReason = isBusy ? "Going back…" : null;
  return (
    <section class="restore-point" aria-label={words}>
      <h3>{words}</h3>
      <p class="setting-inline">
        <Button
          disabledReason={disabledReason}
          aria-label={`Go back with everything to ${words}`}
          onClick={() => onChoose({ point, session: null })}
        >
          Go back with everything
        </Button>
      </p>
      <details>
        <summary>{differentWords(point)}</summary>
        <ul class="setting-rows">
          {point.sessions.map((session) => (
            <li key={session.sessionId}>
              <span class="restore-title">
                <span dir="auto">{session.title}</span>
                <small>
                  {session.isDeletedNow ? "Deleted since. " : ""}Saved {momentWords(session.savedAt)}
                </small>
              </span>
              <Button
                disabledReason={disabledReason}
                aria-label={`Go back with “${session.title}” to ${words}`}
                onClick={() => onChoose({ point, session })}
              >
                Go back
              </Button>
            </li>
          ))}
        </ul>
        {point.more > 0 && <p>And {point.more} more.</p>}
      </details>
    </section>
  );
}

function Confirm({
  choice,
  onGo,
  onClose,
}: {
  readonly choice: Choice;
  readonly onGo: (choice: Choice) => void;
  readonly onClose: () => void;
}) {
  const { point, session } = choice;
  return (
    <Dialog
      title={`Go back to ${pointWords(point)}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" onClick={() => onGo(choice)}>
            Go back
          </Button>
        </>
      }
    >
      {session === null ? (
        <p>
          {sessionsWords(point.sessions.length + point.more)} will be as it was then. Sessions that were begun later,
          settings and connections stay as they are; sessions that were deleted since come back.
        </p>
      ) : (
        <p>
          “<span dir="auto">{session.title}</span>” will be as it was then
          {session.isDeletedNow ? " and comes back from the trash" : ""}. All other sessions stay as they are.
        </p>
      )}
      <p>The state of now becomes a restore point, so you can return to it.</p>
    </Dialog>
  );
}

function sessionsWords(count: number): string {
  return count === 1 ? "1 session" : `Each of ${count} sessions`;
}

function differentWords(point: RestorePoint): string {
  const count = point.sessions.length + point.more;
  return count === 1 ? "1 session was different" : `${count} sessions were different`;
}

function pointWords(point: RestorePoint): string {
  if (point.label !== null) return `${point.label} (${momentWords(point.at)})`;
  return new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" }).format(point.at);
}

function momentWords(at: number): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }).format(at);
}
