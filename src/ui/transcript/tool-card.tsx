import "./tools.css";
import { Ban, Check, ChevronDown, CircleAlert, CircleQuestionMark, CircleSlash, Hourglass, LoaderCircle } from "lucide";
import type { IconNode } from "lucide";

import type { ToolCallPart, ToolCallState, ToolOutput } from "#domain/tool-call.ts";
import { CopyButton } from "#ui/kit/copy-button.tsx";
import { Icon } from "#ui/kit/icon.tsx";

import { ApprovalCard } from "./approval-card.tsx";
import { Disclosure } from "./disclosure.tsx";
import { csvOf } from "./markdown/table-block.tsx";
import { TextLines } from "./shown-lines.tsx";
import { isInputEvident, ToolInput } from "./tool-input.tsx";
import { ToolViewBody } from "./tool-view.tsx";
import { UnknownCard } from "./unknown-card.tsx";
import { useNow } from "./use-now.ts";
import { duration, inputPreview, stateWord, tierWord, wholeSeconds } from "./words.ts";

interface ToolCardProps {
  readonly call: ToolCallPart;
  readonly turnSeq: number;
}

/** One call of a tool, drawn from the call alone. */
export function ToolCard({ call, turnSeq }: ToolCardProps) {
  if (call.state === "needs-approval" && call.approval !== null) {
    return <ApprovalCard key={call.approval.request.id} call={call} request={call.approval.request} />;
  }
  if (call.state === "unknown") return <UnknownCard call={call} turnSeq={turnSeq} />;
  return (
    <Disclosure
      id={call.id}
      class="tool"
      state={call.state}
      isOpenByDefault={isOpenByDefault(call)}
      summary={<ToolHead call={call} />}
    >
      {() => <ToolBody call={call} />}
    </Disclosure>
  );
}

/** A result with a form of its own and a failure are what the reader wants to see; the rest is there when asked for. */
export function isOpenByDefault(call: ToolCallPart): boolean {
  if (call.state === "failed") return true;
  return call.state === "done" && call.output?.ok === true && call.output.view !== undefined;
}

const ICONS: Record<ToolCallState, IconNode> = {
  receiving: Hourglass,
  queued: Hourglass,
  "needs-approval": CircleAlert,
  running: LoaderCircle,
  done: Check,
  failed: CircleAlert,
  denied: Ban,
  cancelled: CircleSlash,
  unknown: CircleQuestionMark,
};

/** The line of a card: state, tool, what it works on, how long it took. */
export function ToolHead({ call }: { readonly call: ToolCallPart }) {
  return (
    <>
      <Icon of={ICONS[call.state]} class="tool-state" />
      <b>{call.tool}</b>
      <span class="tool-input" dir="ltr">
        {inputPreview(call.input)}
      </span>
      {call.state === "done" ? <span class="sr">Done</span> : <span class="tool-word">{stateWord(call.state)}</span>}
      <Spent call={call} />
      <Icon of={ChevronDown} class="chevron" />
    </>
  );
}

function Spent({ call }: { readonly call: ToolCallPart }) {
  const isRunning = call.state === "running";
  const now = useNow(isRunning);
  if (call.startedAt === null) return null;
  // A reload keeps the start and may not know the end.
  if (call.endedAt === null && !isRunning) return null;
  const spent = (call.endedAt ?? now) - call.startedAt;
  return <span class="tool-time">{isRunning ? wholeSeconds(spent) : duration(spent)}</span>;
}

function ToolBody({ call }: { readonly call: ToolCallPart }) {
  const { output } = call;
  return (
    <div class="tool-body">
      {!isInputEvident(call) && <ToolInput call={call} />}
      {output !== null && (
        <div class="tool-output">
          {output.ok && output.view !== undefined ? (
            <ToolViewBody view={output.view} />
          ) : (
            <>
              <p class="tool-label">{output.ok ? "Result" : "Error"}</p>
              <TextLines text={output.text} />
            </>
          )}
        </div>
      )}
      <div class="tool-foot">
        <p>
          <span class="chip">{tierWord(call.tier)}</span>
          {call.approval?.decision === "allow-once" && <span class="chip">Allowed once</span>}
          {call.approval?.decision === "allow-in-session" && <span class="chip">Allowed in this session</span>}
        </p>
        {output !== null && <CopyResult tool={call.tool} output={output} />}
      </div>
    </div>
  );
}

/** A table is copied as one, so that a spreadsheet takes it. */
function CopyResult({ tool, output }: { readonly tool: string; readonly output: ToolOutput }) {
  const view = output.ok ? output.view : undefined;
  if (view?.kind === "table") {
    return <CopyButton label="Copy table as CSV" text={() => csvOf([view.columns, ...view.rows])} />;
  }
  return <CopyButton label={`Copy result of ${tool}`} text={() => output.text} />;
}
