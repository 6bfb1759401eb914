import "./settings.css";
import type { ComponentChildren } from "preact";

import type { Ui } from "#ui/frame/ui.ts";
import { Page } from "#ui/frame/page.tsx";

import { About } from "./about.tsx";
import { AllowedTools } from "./allowed-tools.tsx";
import { Accessibility, Agent, Appearance, ComposerSettings } from "./choices.tsx";
import { Durability } from "./durability.tsx";
import { Models } from "./models.tsx";
import { Privacy } from "./privacy.tsx";
import { RestorePoints } from "./restore-points.tsx";
import { Storage } from "./storage.tsx";

interface Section {
  readonly id: string;
  readonly label: string;
  readonly view: (ui: Ui) => ComponentChildren;
}

const SECTIONS: readonly Section[] = [
  { id: "models", label: "Models", view: (ui) => <Models ui={ui} /> },
  { id: "agent", label: "Agent", view: (ui) => <Agent ui={ui} /> },
  { id: "tools", label: "Allowed tools", view: (ui) => <AllowedTools ui={ui} /> },
  { id: "appearance", label: "Appearance", view: (ui) => <Appearance ui={ui} /> },
  { id: "composer", label: "Message box", view: (ui) => <ComposerSettings ui={ui} /> },
  { id: "accessibility", label: "Accessibility", view: (ui) => <Accessibility ui={ui} /> },
  { id: "storage", label: "Storage", view: (ui) => <Storage ui={ui} /> },
  { id: "durability", label: "Durability", view: (ui) => <Durability ui={ui} /> },
  { id: "restore-points", label: "Restore points", view: (ui) => <RestorePoints ui={ui} /> },
  { id: "privacy", label: "Privacy", view: (ui) => <Privacy ui={ui} /> },
  { id: "about", label: "About", view: (ui) => <About ui={ui} /> },
];

/** `#/settings`: the sections, one at a time. Each control saves itself and says so. */
export default function SettingsPage({ ui, section }: { readonly ui: Ui; readonly section: string | null }) {
  const current = SECTIONS.find((known) => known.id === section) ?? SECTIONS[0];
  return (
    <Page ui={ui} title="Settings">
      <div class="settings">
        <nav class="settings-nav" aria-label="Settings">
          <ul>
            {SECTIONS.map(({ id, label }) => (
              <li key={id}>
                <a
                  href={ui.ports.href({ kind: "settings", section: id })}
                  aria-current={id === current?.id ? "page" : undefined}
                  onClick={(event) => {
                    event.preventDefault();
                    ui.ports.navigate({ kind: "settings", section: id }, { replace: true });
                  }}
                >
                  {label}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div class="settings-section">
          <h2>{current?.label}</h2>
          {current?.view(ui)}
        </div>
      </div>
    </Page>
  );
}
