import "./controls.css";
import type { IconNode } from "lucide";
import type { ButtonHTMLAttributes, ComponentChildren } from "preact";

import { Icon } from "./icon.tsx";

type NativeButton = Omit<ButtonHTMLAttributes, "icon" | "label" | "disabled" | "size">;

interface Disableable {
  /**
   * Why it cannot be used now. The button stays reachable and says so: one that is dead without a word cannot be
   * understood by somebody who does not see the rest.
   */
  readonly disabledReason?: string | null | undefined;
}

export interface ButtonProps extends NativeButton, Disableable {
  readonly kind?: "plain" | "primary" | "quiet" | "danger";
  readonly icon?: IconNode;
  readonly children: ComponentChildren;
}

export function Button({ kind = "plain", icon, children, disabledReason, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      {...usable(disabledReason, onClick)}
      class={classes("button", rest.class)}
      data-kind={kind}
    >
      {icon !== undefined && <Icon of={icon} />}
      <span>{children}</span>
    </button>
  );
}

export interface IconButtonProps extends NativeButton, Disableable {
  readonly icon: IconNode;
  /** The name of the button; shown as its tooltip too. */
  readonly label: string;
}

export function IconButton({ icon, label, disabledReason, onClick, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      {...usable(disabledReason, onClick)}
      class={classes("icon-button", rest.class)}
    >
      <Icon of={icon} />
    </button>
  );
}

function usable(reason: string | null | undefined, onClick: NativeButton["onClick"]): NativeButton {
  if (reason === null || reason === undefined) return onClick === undefined ? {} : { onClick };
  return {
    "aria-disabled": true,
    title: reason,
    onClick(event) {
      event.preventDefault();
    },
  };
}

function classes(own: string, more: NativeButton["class"]): string {
  return typeof more === "string" ? `${own} ${more}` : own;
}
