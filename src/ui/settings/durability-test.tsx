import { useState } from "preact/hooks";

import type { Ui } from "#ui/frame/ui.ts";
import { Button } from "#ui/kit/button.tsx";
import type { DurabilityStep } from "#ui/ports.ts";

type State = "idle" | "running" | "passed" | "failed";

const RESULTS: Record<State, string> = {
  idle: "",
  running: "Testing…",
  passed: "Passed: this browser keeps what is written, also when a worker dies in the middle of an answer.",
  failed: "Failed: see the last steps. Your own sessions were not touched. Keep a backup of what you must not lose.",
};

/** Kills a worker in the middle of an answer, on this browser and on a database of its own, and tells what came back. */
export function DurabilityTest({ ui }: { readonly ui: Ui }) {
  const [state, setState] = useState<State>("idle");
  const [steps, setSteps] = useState<readonly DurabilityStep[]>([]);
  const run = async (): Promise<void> => {
    setState("running");
    setSteps([]);
    const hasPassed = await ui.ports.testDurability((step) => setSteps((known) => [...known, step]));
    setState(hasPassed ? "passed" : "failed");
  };
  return (
    <section class="durability-test" aria-labelledby="durability-test">
      <h3 id="durability-test">Test it</h3>
      <p>
        Writes an answer to a database of the test’s own, kills its worker in the middle, and compares word by word what
        comes back. It takes some seconds, touches none of your sessions, and leaves nothing behind.
      </p>
      <p>
        <Button
          kind="primary"
          disabledReason={state === "running" ? "The test is running." : null}
          onClick={() => void run()}
        >
          Test durability now
        </Button>
      </p>
      <output class="durability-result" data-state={state}>
        {RESULTS[state]}
      </output>
      {steps.length > 0 && (
        <ol class="durability-steps">
          {steps.map(({ words, ms, isOk }) => (
            <li key={words} data-failed={isOk ? undefined : ""}>
              <span>
                {!isOk && <strong>Failed. </strong>}
                {words}
              </span>{" "}
              <small>{(ms / 1000).toFixed(2)} s</small>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
