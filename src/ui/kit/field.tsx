import type { ComponentChildren } from "preact";

interface FieldProps {
  readonly label: string;
  /** Id of the control inside; its note gets the id `<id>-note`, for aria-describedby. */
  readonly id: string;
  readonly hint?: string | undefined;
  /** What is wrong with it, in words. */
  readonly trouble?: string | undefined;
  readonly children: ComponentChildren;
}

/** A labelled control with its hint, or with what is wrong. */
export function Field({ label, id, hint, trouble, children }: FieldProps) {
  const note = trouble ?? hint;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      <p id={`${id}-note`} class={trouble === undefined ? "hint" : "hint field-trouble"} hidden={note === undefined}>
        {note}
      </p>
    </div>
  );
}
