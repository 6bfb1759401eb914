import { Button } from "#ui/kit/button.tsx";
import { Dialog } from "#ui/kit/dialog.tsx";

import { shortcutTable } from "./keyboard.ts";

/** The keyboard map, for people. */
export default function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  const command = /Mac|iP(hone|ad)/.test(navigator.platform) ? "⌘" : "Ctrl";
  return (
    <Dialog
      title="Keyboard shortcuts"
      onClose={onClose}
      class="help"
      actions={<Button onClick={onClose}>Close</Button>}
    >
      {shortcutTable(command).map((group) => (
        <section key={group.heading} class="help-group">
          <h3>{group.heading}</h3>
          <dl>
            {group.rows.map((row) => (
              <div key={row.action}>
                <dt>{row.action}</dt>
                <dd>
                  {row.keys.map((keys) => (
                    <kbd key={keys}>{keys}</kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
