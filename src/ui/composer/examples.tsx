import { Calculator, FileText, ListChecks, Search } from "lucide";
import type { IconNode } from "lucide";
import { useRef } from "preact/hooks";

import type { SessionId } from "#domain/ids.ts";
import type { Ui } from "#ui/frame/ui.ts";
import { Button } from "#ui/kit/button.tsx";

import { sendFrom } from "./composer-actions.ts";
import type { Composer } from "./composer-state.ts";
import { attachFiles } from "./files.ts";

const KETTLE = "How long does 2 kW need to heat 1.5 l of water from 15 to 100 °C?";
const PACKING = "Make a packing list in notes.md with tent, stove, map, then count its lines";

/** What stands in a session before its first message: four things that really run. */
export function Examples({ ui, sessionId }: { readonly ui: Ui; readonly sessionId: SessionId }) {
  const composer = ui.composers.of(sessionId);
  const picker = useRef<HTMLInputElement>(null);
  const isReady = ui.ports.agentState.value === "ready" && !ui.ports.isReadOnly.value;
  const notReady = isReady ? null : "The agent is starting.";
  const hasSessions = ui.view.list.rows.value.length > 0;
  const send = (text: string) => () => void sendFrom(ui, composer, text);
  return (
    <div class="examples">
      <p>Ask something, drop a file, or try one of these</p>
      <ul>
        <Example icon={Calculator} disabledReason={notReady} onClick={send(KETTLE)}>
          {KETTLE}
        </Example>
        <Example icon={FileText} disabledReason={notReady} onClick={() => picker.current?.click()}>
          Summarise this file…
        </Example>
        <Example icon={ListChecks} disabledReason={notReady} onClick={send(PACKING)}>
          {PACKING}
        </Example>
        <Example
          icon={Search}
          disabledReason={notReady ?? (hasSessions ? null : "There is no session to search yet.")}
          onClick={() => {
            composer.setText("Search my sessions for ");
            ui.frame.nameInAddress(sessionId);
            ui.frame.focusComposer();
          }}
        >
          Search my sessions
        </Example>
      </ul>
      <input
        ref={picker}
        type="file"
        hidden
        aria-label="File to summarise"
        onChange={(event) => {
          const input = event.currentTarget;
          void summarise(ui, composer, [...(input.files ?? [])]);
          input.value = "";
        }}
      />
    </div>
  );
}

interface ExampleProps {
  readonly icon: IconNode;
  readonly disabledReason: string | null;
  readonly onClick: () => void;
  readonly children: string;
}

function Example({ icon, disabledReason, onClick, children }: ExampleProps) {
  return (
    <li>
      <Button icon={icon} disabledReason={disabledReason} onClick={onClick} class="example">
        {children}
        {disabledReason !== null && <small>{disabledReason}</small>}
      </Button>
    </li>
  );
}

async function summarise(ui: Ui, composer: Composer, files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  await attachFiles(ui, composer, files);
  if (composer.draft.peek().attachments.length === 0) return;
  if (composer.draft.peek().text.trim() === "") composer.setText("Summarise this file");
  await sendFrom(ui, composer);
}
