import type { ModelRef } from "#domain/model.ts";
import type { StepRecord, Turn } from "#domain/turn.ts";
import { lastRun } from "#domain/turn.ts";
import { Button } from "#ui/kit/button.tsx";
import { Dialog } from "#ui/kit/dialog.tsx";
import { useUi } from "#ui/ui-context.ts";

import { count, duration, fullTime } from "./words.ts";

interface TurnDetailsProps {
  readonly turn: Turn;
  readonly close: () => void;
}

/** Who answered, when, how long it took and what it used. */
export function TurnDetails({ turn, close }: TurnDetailsProps) {
  const { view } = useUi();
  const run = lastRun(turn);
  const rows: (readonly [string, string])[] = [["Sent", fullTime(turn.user.sentAt)]];
  if (run !== undefined) {
    const connections = view.connections.value;
    const nameOf = (model: ModelRef) =>
      model.provider === "built-in"
        ? "Built-in agent"
        : [model.model, connections.find((known) => known.id === model.connectionId)?.label].filter(Boolean).join(", ");
    rows.push(["Model", nameOf(run.model)], ["Started", fullTime(run.startedAt)]);
    if (run.endedAt !== null) rows.push(["Took", duration(run.endedAt - (turn.runs[0]?.startedAt ?? run.startedAt))]);
    rows.push(["Runs", count(turn.runs.length, "run")], ["Steps", count(turn.steps.length, "step")]);
  }
  rows.push(...usageRows(turn.steps));
  const ids = turn.steps.flatMap((step) => step.requestId ?? []);
  if (ids.length > 0) rows.push(["Request ids", ids.join(", ")]);
  return (
    <Dialog title="Details of this answer" onClose={close} actions={<Button onClick={close}>Close</Button>}>
      <dl class="details">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

const NUMBER = new Intl.NumberFormat();

function usageRows(steps: readonly StepRecord[]): (readonly [string, string])[] {
  const fields = [
    ["Tokens in", "inputTokens"],
    ["of these cached", "cachedInputTokens"],
    ["Tokens out", "outputTokens"],
    ["of these reasoning", "reasoningTokens"],
  ] as const;
  return fields.flatMap(([name, field]) => {
    const known = steps.flatMap((step) => step.usage?.[field] ?? []);
    return known.length === 0 ? [] : [[name, NUMBER.format(known.reduce((sum, amount) => sum + amount, 0))] as const];
  });
}
