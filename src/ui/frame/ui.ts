import type { Composers } from "#ui/composer/composer-state.ts";
import type { Announcer } from "#ui/kit/announcer.ts";
import type { UiPorts } from "#ui/ports.ts";
import type { ViewState } from "#ui/view-state.ts";

import type { FrameState } from "./frame-state.ts";

/** What every part of the interface is given: made once by App and handed down. */
export interface Ui {
  readonly ports: UiPorts;
  readonly view: ViewState;
  readonly announcer: Announcer;
  readonly composers: Composers;
  readonly frame: FrameState;
}
