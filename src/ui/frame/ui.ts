import type { Composers } from "#ui/composer/composer-state.ts";
import type { Ui as SharedUi } from "#ui/ui-context.ts";

import type { FrameState } from "./frame-state.ts";

/** What every part around the transcript is given: made once by App and handed down. */
export interface Ui extends SharedUi {
  readonly composers: Composers;
  readonly frame: FrameState;
}
