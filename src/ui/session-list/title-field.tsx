import { useEffect, useRef } from "preact/hooks";

import { isForInputMethod } from "#ui/composer/enter-key.ts";

interface TitleFieldProps {
  readonly title: string;
  /** The new title, or null where nothing changed. Called once. */
  readonly onEnd: (title: string | null) => void;
}

/** A title as a field: Enter and leaving it keep what was typed, Escape does not. */
export function TitleField({ title, onEnd }: TitleFieldProps) {
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => {
    ref.current?.focus();
    ref.current?.select();
  }, []);
  const end = (typed: string) => onEnd(typed !== "" && typed !== title ? typed : null);
  return (
    <input
      ref={ref}
      class="input title-field"
      aria-label="Title"
      dir="auto"
      maxLength={200}
      defaultValue={title}
      onBlur={(event) => end(event.currentTarget.value.trim())}
      onKeyDown={(event) => {
        if (isForInputMethod(event, false)) return;
        if (event.key !== "Enter" && event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        // Leaving the field ends it, so it ends once however it is left.
        if (event.key === "Escape") event.currentTarget.value = title;
        event.currentTarget.blur();
      }}
    />
  );
}
