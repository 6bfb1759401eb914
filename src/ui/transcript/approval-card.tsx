import "./tools.css";
import { ShieldAlert } from "lucide";
import { useEffect, useId, useRef } from "preact/hooks";

import type { ApprovalDecision, ApprovalRequest, ToolCallPart } from "#domain/tool-call.ts";
import { Button } from "#ui/kit/button.tsx";
import { Group } from "#ui/kit/group.tsx";
import { Icon } from "#ui/kit/icon.tsx";

import { ToolInput } from "./tool-input.tsx";
import { ToolViewBody } from "./tool-view.tsx";
import { useTranscript } from "./transcript-context.ts";
import { useCommand } from "./use-command.ts";
import { tierWord } from "./words.ts";

/** Keys count only after this time: what was typed for another place must not allow anything. */
const ARMED_AFTER_MS = 600;

const DECISIONS: Readonly<Record<string, ApprovalDecision>> = { a: "allow-once", s: "allow-in-session", d: "deny" };

interface ApprovalCardProps {
  readonly call: ToolCallPart;
  readonly request: ApprovalRequest;
}

/**
 * Asks before a tool changes something, with exactly what it would do. Allow does not get the focus, and nothing but
 * the card's own buttons and keys decides.
 */
export function ApprovalCard({ call, request }: ApprovalCardProps) {
  const titleId = useId();
  const { session, lockReason } = useTranscript();
  const command = useCommand();
  const armedRef = useRef(false);
  useEffect(() => {
    const id = setTimeout(() => {
      armedRef.current = true;
    }, ARMED_AFTER_MS);
    return () => {
      clearTimeout(id);
    };
  }, []);
  const decide = (decision: ApprovalDecision) => {
    void command("resolve-approval", { sessionId: session.sessionId, approvalId: request.id, decision });
  };
  return (
    <Group
      class="approval"
      labelledBy={titleId}
      data-needs-you=""
      onKeyDown={(event) => {
        const decision = DECISIONS[event.key.toLowerCase()];
        if (decision === undefined || !armedRef.current || event.repeat || hasModifier(event) || lockReason !== null)
          return;
        event.preventDefault();
        event.stopPropagation();
        decide(decision);
      }}
    >
      <h3 class="approval-title" id={titleId} tabindex={-1}>
        <Icon of={ShieldAlert} />
        <span>
          <span class="approval-kicker">Needs approval</span> {request.title}
        </span>
      </h3>
      <p class="approval-reason">
        {request.reason} <span class="muted">{tierWord(call.tier)}.</span>
      </p>
      <div class="approval-payload">
        {request.view === undefined ? <ToolInput call={call} /> : <ToolViewBody view={request.view} isProposal />}
      </div>
      <div class="actions">
        <Button kind="primary" disabledReason={lockReason} aria-keyshortcuts="A" onClick={() => decide("allow-once")}>
          Allow once
        </Button>
        <Button disabledReason={lockReason} aria-keyshortcuts="S" onClick={() => decide("allow-in-session")}>
          Allow in this session
        </Button>
        <Button disabledReason={lockReason} aria-keyshortcuts="D" onClick={() => decide("deny")}>
          Deny
        </Button>
        <span class="approval-keys" aria-hidden="true">
          Keys here: A, S, D
        </span>
      </div>
    </Group>
  );
}

function hasModifier(event: KeyboardEvent): boolean {
  return event.ctrlKey || event.metaKey || event.altKey;
}
