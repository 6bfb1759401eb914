import type { ToolCallPart } from "#domain/tool-call.ts";

import { TextLines } from "./shown-lines.tsx";

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
