import { useId } from "preact/hooks";

import type { Turn } from "#domain/turn.ts";
import { lastRun } from "#domain/turn.ts";
import { Button } from "#ui/kit/button.tsx";
import type { ButtonProps } from "#ui/kit/button.tsx";
import { useCopy } from "#ui/kit/copy-button.tsx";
import { Group } from "#ui/kit/group.tsx";
import { useUi } from "#ui/ui-context.ts";

import type { Ending, EndingAction } from "./endings.ts";
import { endingOf } from "./endings.ts";
import { useTranscript } from "./transcript-context.ts";
import { useCommand } from "./use-command.ts";
import { useNow } from "./use-now.ts";
import { wholeSeconds } from "./words.ts";

interface EndingViewProps {
  readonly turn: Turn;
  readonly isLast: boolean;
}

/** What stands under an answer that did not simply complete: what happened, what is known, what can be done. */
export function EndingView({ turn, isLast }: EndingViewProps) {
  const { ports } = useUi();
  const ending = endingOf(turn, isLast, ports.now());
  if (ending === null) return null;
  return ending.form === "group" ? (
    <EndingGroup turn={turn} ending={ending} />
  ) : (
    <div class="ending-line">
      <p>{ending.cause}</p>
      <EndingActions turn={turn} actions={ending.actions} kind="quiet" />
    </div>
  );
}

function EndingGroup({ turn, ending }: { readonly turn: Turn; readonly ending: Ending }) {
  const id = useId();
  const copy = useCopy();
  const { detail } = ending;
  return (
    <Group class="ending" labelledBy={id} data-tone={ending.tone} data-needs-you="">
      <div class="ending-text">
        <p id={id} class="ending-cause" tabindex={-1}>
          <span class="ending-label">{ending.label}</span> {ending.cause}
        </p>
        {ending.rest.length > 0 && <p>{ending.rest.join(" ")}</p>}
        {detail !== null && (
          <details class="ending-detail">
            <summary>What it said</summary>
            <pre dir="auto">{detail}</pre>
          </details>
        )}
        <Countdown turn={turn} />
      </div>
      <div class="actions">
        <EndingButtons turn={turn} actions={ending.actions} />
        {detail !== null && (
          <Button kind="quiet" onClick={() => copy(`${ending.cause}\n\n${detail}`)}>
            Copy details
          </Button>
        )}
      </div>
    </Group>
  );
}

/** Says that an interrupted answer is about to go on by itself, and lets the person keep it from doing so. */
function Countdown({ turn }: { readonly turn: Turn }) {
  const { session } = useTranscript();
  const at = session.continuesAt.value;
  const now = useNow(at !== null, 250);
  const command = useCommand();
  if (at === null || session.lastTurn.value?.seq !== turn.seq) return null;
  const left = at - now;
  return (
    <p class="countdown">
      <span>Continuing by itself{left > 500 ? ` in ${wholeSeconds(left)}` : ""}…</span>
      <Button onClick={() => void command("cancel-automatic-continue", { sessionId: session.sessionId })}>Don’t</Button>
    </p>
  );
}

interface EndingActionsProps {
  readonly turn: Turn;
  readonly actions: readonly EndingAction[];
  readonly kind?: NonNullable<ButtonProps["kind"]>;
}

function EndingActions(props: EndingActionsProps) {
  if (props.actions.length === 0) return null;
  return (
    <div class="actions">
      <EndingButtons {...props} />
    </div>
  );
}

const LABELS: Record<EndingAction, string> = {
  continue: "Continue",
  "allow-more-steps": "Allow more",
  retry: "Retry",
  keep: "Keep as is",
  discard: "Discard answer",
  "send-again": "Send again",
  "undo-discard": "Undo",
  "change-model": "Change model",
  "new-session": "New session",
};

function labelOf(action: EndingAction, turn: Turn): string {
  const outcome = lastRun(turn)?.outcome;
  if (action === "allow-more-steps" && outcome?.kind === "tool-limit") return `Allow ${String(outcome.steps)} more`;
  return LABELS[action];
}

/** The main action is filled, those that end the matter are quiet. */
function kindOf(action: EndingAction, index: number): NonNullable<ButtonProps["kind"]> {
  if (index === 0) return "primary";
  return action === "keep" || action === "discard" ? "quiet" : "plain";
}

function EndingButtons({ turn, actions, kind }: EndingActionsProps) {
  const { lockReason } = useTranscript();
  const act = useEndingAction(turn);
  return (
    <>
      {actions.map((action, index) => (
        <Button
          key={action}
          kind={kind ?? kindOf(action, index)}
          disabledReason={action === "new-session" || action === "change-model" ? null : lockReason}
          data-action={action}
          onClick={() => act(action)}
        >
          {labelOf(action, turn)}
        </Button>
      ))}
    </>
  );
}

function useEndingAction(turn: Turn): (action: EndingAction) => Promise<void> {
  const { session, changeModel } = useTranscript();
  const { ports, view, announcer } = useUi();
  const command = useCommand();
  const place = { sessionId: session.sessionId, turnSeq: turn.seq };
  return async (action) => {
    switch (action) {
      case "continue":
      case "allow-more-steps":
        await command("continue-turn", place);
        return;
      case "retry":
      case "send-again":
        await command("retry-turn", { ...place, model: null });
        return;
      case "keep":
        if (await command("keep-answer", place)) announcer.say("Kept as is.");
        return;
      case "discard":
        if (!(await command("discard-answer", place))) return;
        view.toasts.show("Answer discarded.", {
          action: { label: "Undo", run: () => void view.ask("restore-answer", place) },
        });
        return;
      case "undo-discard":
        if (await command("restore-answer", place)) announcer.say("The answer is back.");
        return;
      case "change-model":
        changeModel();
        return;
      case "new-session":
        ports.navigate({ kind: "new", text: null });
    }
  };
}
