import type { IconNode } from "lucide";
import { h } from "preact";

/** A Lucide icon. Says nothing to a screen reader: the name belongs to the control around it. */
export function Icon({ of, class: className }: { readonly of: IconNode; readonly class?: string }) {
  return (
    <svg class={className === undefined ? "icon" : `icon ${className}`} viewBox="0 0 24 24" aria-hidden="true">
      {of.map(([tag, attributes], index) => h(tag, { ...attributes, key: index }))}
    </svg>
  );
}
