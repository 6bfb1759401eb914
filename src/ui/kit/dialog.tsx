import "./controls.css";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";

interface DialogProps {
  readonly title: string;
  /** Called by Escape, by a click beside the dialog, and by whoever closes it: the parent then stops rendering it. */
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  /** The buttons at the end; what destroys is never the first to have the focus. */
  readonly actions?: ComponentChildren;
  readonly class?: string;
}

/** A modal dialog. Focus goes to its first field or button and returns to where it was. */
export function Dialog({ title, onClose, children, actions, class: className }: DialogProps) {
  const dialogRef = useRef<HTMLDialogElement>(null);
  const onCloseRef = useRef(onClose);
  useEffect(() => {
    onCloseRef.current = onClose;
  }, [onClose]);
  const titleId = useId();
  // A layout effect: its end comes while the dialog is still in the document, or closing it would not give the focus back.
  useLayoutEffect(() => {
    const dialog = dialogRef.current;
    if (dialog === null) return;
    dialog.showModal();
    // The dialog's body covers the dialog: a click on the dialog itself is one on the backdrop.
    const closeFromBackdrop = (event: MouseEvent) => {
      if (event.target === dialog) onCloseRef.current();
    };
    dialog.addEventListener("click", closeFromBackdrop);
    return () => {
      dialog.removeEventListener("click", closeFromBackdrop);
      dialog.close();
    };
  }, []);
  return (
    <dialog
      ref={dialogRef}
      class={className === undefined ? "dialog" : `dialog ${className}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClose={() => {
        // A browser may close it without asking, by a second Escape for one. Not when it is gone already.
        if (dialogRef.current !== null) onClose();
      }}
    >
      <div class="dialog-body">
        <h2 id={titleId}>{title}</h2>
        {children}
        {actions !== undefined && <div class="dialog-actions">{actions}</div>}
      </div>
    </dialog>
  );
}
