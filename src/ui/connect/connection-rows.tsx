import { useState } from "preact/hooks";

import type { Connection } from "#domain/model.ts";
import type { Ui } from "#ui/frame/ui.ts";
import { Button } from "#ui/kit/button.tsx";
import { Dialog } from "#ui/kit/dialog.tsx";

import { keyWords } from "./presets.ts";

interface ConnectionRowsProps {
  readonly ui: Ui;
  readonly onEdit: (connection: Connection) => void;
}

/** The connections there are, each with change and remove. */
export function ConnectionRows({ ui, onEdit }: ConnectionRowsProps) {
  const [removing, setRemoving] = useState<Connection | null>(null);
  const connections = ui.view.connections.value;
  if (connections.length === 0) return null;
  return (
    <section class="connection-rows" aria-labelledby="connections">
      <h2 id="connections">Your connections</h2>
      <ul>
        {connections.map((connection) => (
          <li key={connection.id}>
            <div>
              <p class="connection-model" id={`connection-${connection.id}`} dir="auto">
                {connection.model}
              </p>
              <p class="muted">
                {connection.label} · <span dir="ltr">{connection.baseUrl}</span> · {keyWords(connection)}
              </p>
            </div>
            <div class="actions">
              <Button aria-describedby={`connection-${connection.id}`} onClick={() => onEdit(connection)}>
                Change
              </Button>
              <Button aria-describedby={`connection-${connection.id}`} onClick={() => setRemoving(connection)}>
                Remove
              </Button>
            </div>
          </li>
        ))}
      </ul>
      {removing !== null && (
        <Dialog
          title={`Remove ${removing.model}?`}
          onClose={() => setRemoving(null)}
          actions={
            <>
              <Button onClick={() => setRemoving(null)}>Keep it</Button>
              <Button
                kind="danger"
                onClick={() => {
                  setRemoving(null);
                  void ui.view.ask("remove-connection", { id: removing.id });
                }}
              >
                Remove
              </Button>
            </>
          }
        >
          <p>Its address and key are deleted from this device. Your sessions stay and can go on with another model.</p>
        </Dialog>
      )}
    </section>
  );
}
