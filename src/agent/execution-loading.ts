import type { Outcome } from "#domain/outcome.ts";

import type { Execution } from "./execution.ts";
import { untilAborted } from "./until-aborted.ts";

/** The loop and its tools are loaded with the first run: a message box does not need them. */
export async function executeWhenLoaded(execution: Execution): Promise<Outcome> {
  const { signal } = execution.run;
  try {
    // Stop must not wait for code that is still on its way, nor for anything else that does not listen to the signal.
    return await untilAborted(
      import("./execution.ts").then(({ execute }) => execute(execution)),
      signal,
    );
  } catch (cause) {
    if (signal.aborted) return { kind: "stopped" };
    const message = "A part of the app could not be loaded. Your message is kept; retry when the network is back.";
    return { kind: "error", error: { code: "internal", message, detail: String(cause) } };
  }
}
