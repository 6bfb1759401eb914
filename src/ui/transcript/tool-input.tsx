import type { ToolCallPart } from "#domain/tool-call.ts";

import { TextLines } from "./shown-lines.tsx";

/** UTF-16 units of an input that a card's line shows whole even on a phone. */
const SHORT_INPUT = 40;

/** Whether the line of a card, or what the tool shows, already tells the whole input. */
export function isInputEvident(call: ToolCallPart): boolean {
  const { input, output } = call;
  if (input === null) return true;
  if (output?.ok === true && output.view?.kind === "file-change") return true;
  const values = typeof input === "object" ? Object.values(input) : [input];
  const [only] = values;
  if (values.length !== 1) return values.length === 0;
  return typeof only !== "object" && String(only).length <= SHORT_INPUT && !String(only).includes("\n");
}

/** What a tool was given, whole. */
export function ToolInput({ call }: { readonly call: ToolCallPart }) {
  const { input } = call;
  if (input === null) return null;
  if (typeof input !== "object" || Array.isArray(input)) return <Value name="Input" value={input} />;
  return (
    <div class="tool-fields">
      {Object.entries(input).map(([name, value]) => (
        <Value key={name} name={name} value={value} />
      ))}
    </div>
  );
}

function Value({ name, value }: { readonly name: string; readonly value: unknown }) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return (
    <div class="tool-field">
      <p class="tool-label">{name}</p>
      <TextLines text={text} />
    </div>
  );
}
