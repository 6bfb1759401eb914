import { createContext } from "preact";
import { useContext } from "preact/hooks";

import type { Announcer } from "./kit/announcer.ts";
import type { UiPorts } from "./ports.ts";
import type { ViewState } from "./view-state.ts";

/** What every component may reach. */
export interface Ui {
  readonly ports: UiPorts;
  readonly view: ViewState;
  readonly announcer: Announcer;
}

export const UiContext = createContext<Ui | null>(null);

export function useUi(): Ui {
  const ui = useContext(UiContext);
  if (ui === null) throw new Error("A component was rendered outside UiContext.");
  return ui;
}
