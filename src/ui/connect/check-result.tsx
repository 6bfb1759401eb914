import type { ConnectionCheck } from "#protocol/commands.ts";
import type { Ui } from "#ui/frame/ui.ts";
import { Button } from "#ui/kit/button.tsx";

import { CopyLine } from "./copy-line.tsx";

/** More are in the field's own list. */
const SHOWN_MODELS = 12;

interface CheckResultProps {
  readonly ui: Ui;
  readonly result: ConnectionCheck;
  readonly onPick: (model: string) => void;
}

/** How a test ended: in words, with what to do, or with the models that are there. */
export function CheckResult({ ui, result, onPick }: CheckResultProps) {
  if (!result.ok) {
    return (
      <div class="check-result" data-ok="false">
        <p>{result.message}</p>
        {result.steps.length > 0 && (
          <ol>
            {result.steps.map((step) => (
              <li key={step}>
                <Step ui={ui} step={step} />
              </li>
            ))}
          </ol>
        )}
      </div>
    );
  }
  return (
    <div class="check-result" data-ok="true">
      <p>{result.message}</p>
      {result.models.length > 0 && (
        <ul class="actions" aria-label="What the server offers">
          {result.models.slice(0, SHOWN_MODELS).map((model) => (
            <li key={model.id}>
              <Button onClick={() => onPick(model.id)}>{model.label}</Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** A step; what stands between backticks in it is to be typed elsewhere and can be copied. */
function Step({ ui, step }: { readonly ui: Ui; readonly step: string }) {
  return (
    <>
      {step.split(/`([^`]+)`/).map((piece, at) => (at % 2 === 1 ? <CopyLine key={at} ui={ui} text={piece} /> : piece))}
    </>
  );
}
