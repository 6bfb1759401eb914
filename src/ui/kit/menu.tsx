import "./controls.css";
import type { IconNode } from "lucide";
import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";

import { Icon } from "./icon.tsx";

export type MenuItem =
  | {
      readonly kind: "item";
      readonly label: string;
      readonly icon?: IconNode;
      readonly onSelect: () => void;
      readonly end?: string;
      readonly isDanger?: boolean;
      readonly disabledReason?: string | null;
      /** Set: the item is one choice of several, and says whether it is the current one. */
      readonly isChecked?: boolean;
    }
  | { readonly kind: "separator" };

interface MenuButtonProps {
  readonly items: readonly MenuItem[];
  /** The button's name where its content is only an icon. */
  readonly label?: string;
  readonly menuLabel?: string;
  readonly class?: string;
  /** For a menu in a list with one Tab stop. */
  readonly tabIndex?: number;
  readonly children: ComponentChildren;
}

/** A button with a menu under it: arrow keys, Home, End and first letters move; Escape closes and gives the focus back. */
export function MenuButton({ items, label, menuLabel, class: className, tabIndex, children }: MenuButtonProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);

  const close = () => {
    menu.current?.hidePopover();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class={className ?? "icon-button"}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-label={label}
        title={label}
        tabIndex={tabIndex}
        popovertarget={id}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
          event.preventDefault();
          menu.current?.showPopover();
          focusItem(menu.current, event.key === "ArrowDown" ? 0 : -1);
        }}
      >
        {children}
      </button>
      <div
        ref={menu}
        id={id}
        popover="auto"
        role="menu"
        aria-label={menuLabel ?? label}
        tabindex={-1}
        class="menu"
        onToggle={(event) => {
          const isNowOpen = event.newState === "open";
          setOpen(isNowOpen);
          if (!isNowOpen || button.current === null || menu.current === null) return;
          place(menu.current, button.current);
          if (!menu.current.contains(document.activeElement)) focusItem(menu.current, 0);
        }}
        onKeyDown={(event) => {
          moveByKey(event, menu.current);
          if (event.key === "Tab") close();
        }}
      >
        {isOpen &&
          items.map((item, index) =>
            item.kind === "separator" ? <hr key={index} /> : <Item key={item.label} item={item} close={close} />,
          )}
      </div>
    </>
  );
}

function Item({ item, close }: { readonly item: Extract<MenuItem, { kind: "item" }>; readonly close: () => void }) {
  const isDisabled = item.disabledReason !== undefined && item.disabledReason !== null;
  return (
    <button
      type="button"
      role={item.isChecked === undefined ? "menuitem" : "menuitemradio"}
      {...(item.isChecked === undefined ? {} : { "aria-checked": item.isChecked })}
      tabindex={-1}
      aria-disabled={isDisabled}
      title={item.disabledReason ?? undefined}
      {...(item.isDanger === true ? { "data-danger": "" } : {})}
      onClick={() => {
        if (isDisabled) return;
        close();
        item.onSelect();
      }}
    >
      {item.icon !== undefined && <Icon of={item.icon} />}
      <span>{item.label}</span>
      {item.end !== undefined && <span class="end">{item.end}</span>}
    </button>
  );
}

function itemsOf(menu: HTMLElement | null): HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
}

function focusItem(menu: HTMLElement | null, index: number): void {
  // The items are drawn when the menu opens: one frame later they are there.
  requestAnimationFrame(() => itemsOf(menu).at(index)?.focus());
}

function moveByKey(event: KeyboardEvent, menu: HTMLElement | null): void {
  const items = itemsOf(menu);
  const current = items.findIndex((item) => item === document.activeElement);
  const target = targetOf(event, items, current);
  if (target === undefined) return;
  event.preventDefault();
  items[target]?.focus();
}

function targetOf(event: KeyboardEvent, items: readonly HTMLElement[], current: number): number | undefined {
  switch (event.key) {
    case "ArrowDown":
      return (current + 1) % items.length;
    case "ArrowUp":
      return (current - 1 + items.length) % items.length;
    case "Home":
      return 0;
    case "End":
      return items.length - 1;
  }
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey || event.key === " ") return undefined;
  const letter = event.key.toLowerCase();
  const ahead = [...items.slice(current + 1), ...items.slice(0, current + 1)];
  const found = ahead.find((item) => item.textContent.trim().toLowerCase().startsWith(letter));
  return found === undefined ? undefined : items.indexOf(found);
}

const GAP_PX = 4;
const EDGE_PX = 8;

/** Under the button, else above it, and always inside the window. */
function place(menu: HTMLElement, button: HTMLElement): void {
  requestAnimationFrame(() => {
    const anchor = button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = menu;
    const isRightToLeft = getComputedStyle(button).direction === "rtl";
    const alignEnd = anchor.left + width > innerWidth - EDGE_PX || isRightToLeft;
    const left = alignEnd ? anchor.right - width : anchor.left;
    const below = anchor.bottom + GAP_PX;
    const top = below + height > innerHeight - EDGE_PX ? anchor.top - height - GAP_PX : below;
    menu.style.left = `${String(Math.max(EDGE_PX, Math.min(left, innerWidth - width - EDGE_PX)))}px`;
    menu.style.top = `${String(Math.max(EDGE_PX, top))}px`;
  });
}
