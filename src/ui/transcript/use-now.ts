import { useEffect, useState } from "preact/hooks";

import { useUi } from "#ui/ui-context.ts";

/** Epoch ms, read again every `everyMs` while `isCounting`. */
export function useNow(isCounting: boolean, everyMs = 1_000): number {
  const { ports } = useUi();
  const [now, setNow] = useState(() => ports.now());
  useEffect(() => {
    if (!isCounting) return;
    setNow(ports.now());
    const id = setInterval(() => {
      setNow(ports.now());
    }, everyMs);
    return () => {
      clearInterval(id);
    };
  }, [isCounting, everyMs, ports]);
  return now;
}
