import { useState } from "preact/hooks";

import type { CommandInput, CommandName } from "#protocol/commands.ts";
import { useUi } from "#ui/ui-context.ts";

/**
 * Sends a command once, however often its button is pressed before the answer. A refusal is shown as a notice.
 * Resolves to whether it succeeded.
 */
export function useCommand(): <Name extends CommandName>(name: Name, input: CommandInput<Name>) => Promise<boolean> {
  const { view } = useUi();
  const [pending] = useState(() => new Set<CommandName>());
  return async (name, input) => {
    if (pending.has(name)) return false;
    pending.add(name);
    const result = await view.ask(name, input);
    pending.delete(name);
    return result !== null;
  };
}
