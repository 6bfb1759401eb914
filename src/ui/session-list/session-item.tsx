import { Archive, ArchiveRestore, Download, Ellipsis, Pencil, Pin, PinOff, Trash2 } from "lucide";
import { useState } from "preact/hooks";

import type { SessionRow } from "#protocol/commands.ts";
import type { Ui } from "#ui/frame/ui.ts";
import { Icon } from "#ui/kit/icon.tsx";
import type { MenuItem } from "#ui/kit/menu.tsx";
import { MenuButton } from "#ui/kit/menu.tsx";

import { rowWords } from "./row-words.ts";
import { archiveSession, deleteSession, exportSession, pinSession, renameSession } from "./session-actions.ts";
import { TitleField } from "./title-field.tsx";

interface SessionItemProps {
  readonly ui: Ui;
  readonly row: SessionRow;
  readonly now: number;
  readonly isCurrent: boolean;
  /** Whether Tab stops here: one row of the list has it. */
  readonly hasTabStop: boolean;
  readonly onFocus: () => void;
  /** The row is about to leave the list: the focus goes to a neighbour. */
  readonly onLeave: () => void;
}

export function SessionItem(props: SessionItemProps) {
  const { ui, row, isCurrent, hasTabStop, onFocus } = props;
  const { entry } = row;
  const [isRenaming, setRenaming] = useState(false);
  const words = rowWords(row, props.now);
  if (isRenaming) {
    return (
      <li class="session-row" data-editing>
        <TitleField
          title={entry.title}
          onEnd={(title) => {
            setRenaming(false);
            if (title !== null) void renameSession(ui, entry.sessionId, title);
            requestAnimationFrame(() => linkOf(entry.sessionId)?.focus());
          }}
        />
      </li>
    );
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the link inside
    <li
      class="session-row"
      data-current={isCurrent ? "" : undefined}
      onKeyDown={(event) => rowKey(event, props, () => setRenaming(true))}
    >
      <a
        data-testid="session-item"
        data-session-id={entry.sessionId}
        href={ui.ports.href({ kind: "session", sessionId: entry.sessionId, turnSeq: null })}
        aria-current={isCurrent ? "page" : undefined}
        tabIndex={hasTabStop ? 0 : -1}
        onFocus={onFocus}
        onClick={(event) => openRow(event, props)}
        onDblClick={(event) => {
          event.preventDefault();
          setRenaming(true);
        }}
      >
        <span class="session-title" dir="auto">
          {entry.title}
        </span>
        <small>
          {words.state !== null && (
            <>
              <span class={words.isAttention ? "session-state" : undefined}>{words.state}</span>
              {" · "}
            </>
          )}
          {words.time}
        </small>
      </a>
      <MenuButton
        items={menuOf(props, () => setRenaming(true))}
        label={`More actions for ${entry.title}`}
        tabIndex={hasTabStop ? 0 : -1}
      >
        <Icon of={Ellipsis} />
      </MenuButton>
    </li>
  );
}

function menuOf({ ui, row, onLeave }: SessionItemProps, rename: () => void): readonly MenuItem[] {
  const { entry } = row;
  return [
    { kind: "item", label: "Rename", icon: Pencil, end: "F2", onSelect: rename },
    {
      kind: "item",
      label: entry.isPinned ? "Unpin" : "Pin",
      icon: entry.isPinned ? PinOff : Pin,
      end: "P",
      onSelect: () => void pinSession(ui, row),
    },
    {
      kind: "item",
      label: entry.isArchived ? "Take out of the archive" : "Archive",
      icon: entry.isArchived ? ArchiveRestore : Archive,
      onSelect: () => {
        onLeave();
        void archiveSession(ui, row);
      },
    },
    {
      kind: "item",
      label: "Export as Markdown",
      icon: Download,
      onSelect: () => void exportSession(ui, entry.sessionId),
    },
    { kind: "separator" },
    {
      kind: "item",
      label: "Delete",
      icon: Trash2,
      end: "Del",
      isDanger: true,
      onSelect: () => {
        onLeave();
        void deleteSession(ui, row);
      },
    },
  ];
}

/** A plain click opens the session here; with a modifier the browser opens it in another tab, as with every link. */
function openRow(event: MouseEvent, { ui, row, isCurrent }: SessionItemProps): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const isByKeyboard = event.detail === 0;
  if (!isCurrent) ui.frame.openSession(row.entry.sessionId);
  else ui.frame.closeDrawer();
  // By keyboard the focus stays on the row, so that several can be looked at; Enter once more goes to the message box.
  if (isByKeyboard && !isCurrent) ui.frame.keepFocus();
  else ui.frame.focusComposer();
}

function rowKey(event: KeyboardEvent, { ui, row, onLeave }: SessionItemProps, rename: () => void): void {
  if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof HTMLAnchorElement)) return;
  const act = (action: () => void) => {
    event.preventDefault();
    event.stopPropagation();
    action();
  };
  switch (event.key) {
    case "F2":
      act(rename);
      return;
    case "p":
    case "P":
      act(() => void pinSession(ui, row));
      return;
    case "Delete":
      act(() => {
        onLeave();
        void deleteSession(ui, row);
      });
      return;
    case "ContextMenu":
      act(() => openMenu(event.target));
      return;
    case "F10":
      if (event.shiftKey) act(() => openMenu(event.target));
  }
}

function openMenu(link: EventTarget | null): void {
  if (link instanceof Element) link.parentElement?.querySelector<HTMLElement>("[aria-haspopup=menu]")?.click();
}

export function linkOf(sessionId: string): HTMLElement | null {
  return document.querySelector(`[data-session-id="${CSS.escape(sessionId)}"]`);
}
