import { Button } from "#ui/kit/button.tsx";
import { Dialog } from "#ui/kit/dialog.tsx";

import { shortcutTable } from "./shortcut-table.ts";

/** It scrolls, so it takes the focus: the dialog then begins at its beginning. */
const SCROLL_BOX = { tabIndex: 0, role: "region" } as const;

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
      <div class="help-body" {...SCROLL_BOX} aria-label="Shortcuts">
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
      </div>
    </Dialog>
  );
}
