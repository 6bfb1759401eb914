import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

import { Button } from "#ui/kit/button.tsx";

/**
 * A part of the interface that is loaded when it is first shown. When loading fails (no network before the app was
 * stored, or a newer version has replaced the files) it says so and can be tried again. `Waiting` stands in its place
 * until it is there; `ahead` loads it before it is shown.
 */
export function lazily<Props extends object>(
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
  Waiting: ComponentType<Props> = Nothing,
) {
  let loaded: ComponentType<Props> | null = null;
  async function ahead(): Promise<ComponentType<Props>> {
    loaded ??= (await load()).default;
    return loaded;
  }
  function Lazy(props: Props) {
    const [Part, setPart] = useState<{ readonly view: ComponentType<Props> } | null>(
      loaded === null ? null : { view: loaded },
    );
    const [attempt, setAttempt] = useState(1);
    const [failedAttempt, setFailedAttempt] = useState(0);
    useEffect(() => {
      if (loaded !== null) return;
      ahead().then(
        (view) => setPart({ view }),
        () => setFailedAttempt(attempt),
      );
    }, [attempt]);
    if (Part !== null) return <Part.view {...props} />;
    if (failedAttempt !== attempt) return <Waiting {...props} />;
    return (
      <div class="load-failed">
        <p>This part of the app could not be loaded.</p>
        <Button onClick={() => setAttempt(attempt + 1)}>Try again</Button>
      </div>
    );
  }
  return Object.assign(Lazy, { ahead });
}

function Nothing() {
  return null;
}
