import "./tools.css";
import { CircleQuestionMark } from "lucide";
import { useId } from "preact/hooks";

import type { CommandInput } from "#protocol/commands.ts";
import type { ToolCallPart } from "#domain/tool-call.ts";
import { Button } from "#ui/kit/button.tsx";
import { Group } from "#ui/kit/group.tsx";
import { Icon } from "#ui/kit/icon.tsx";

import { ToolInput } from "./tool-input.tsx";
import { useTranscript } from "./transcript-context.ts";
import { useCommand } from "./use-command.ts";
import { callName } from "./words.ts";

type Decision = CommandInput<"resolve-unknown-call">["decision"];

interface UnknownCardProps {
  readonly call: ToolCallPart;
  readonly turnSeq: number;
}

/** A call that had started when the app died: only the person can say what became of it. It is never run again unasked. */
export function UnknownCard({ call, turnSeq }: UnknownCardProps) {
  const titleId = useId();
  const { session, lockReason } = useTranscript();
  const command = useCommand();
  const decide = (decision: Decision) => {
    void command("resolve-unknown-call", { sessionId: session.sessionId, turnSeq, callId: call.id, decision });
  };
  return (
    <Group class="approval" labelledBy={titleId} data-needs-you="">
      <h3 class="approval-title" id={titleId} tabindex={-1}>
        <Icon of={CircleQuestionMark} />
        <span>
          <span class="approval-kicker">Outcome unknown</span> {callName(call)}
        </span>
      </h3>
      <p class="approval-reason">
        This had started when the app stopped. It may or may not have taken effect: look before you decide.
      </p>
      <div class="approval-payload">
        <ToolInput call={call} />
      </div>
      <div class="actions">
        <Button disabledReason={lockReason} onClick={() => decide("run-again")}>
          Run again
        </Button>
        <Button disabledReason={lockReason} onClick={() => decide("mark-done")}>
          Mark as done
        </Button>
        <Button disabledReason={lockReason} onClick={() => decide("skip")}>
          Skip
        </Button>
      </div>
    </Group>
  );
}
