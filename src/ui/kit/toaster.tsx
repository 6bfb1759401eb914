import "./controls.css";
import { X } from "lucide";
import { useEffect, useRef } from "preact/hooks";

import type { Toast, Toasts } from "#ui/toasts.ts";

import type { Announcer } from "./announcer.ts";
import { Button, IconButton } from "./button.tsx";

/** The notices at the bottom. What appears is spoken by the announcer; the list itself is no live region. */
export function Toaster({ toasts, announcer }: { readonly toasts: Toasts; readonly announcer: Announcer }) {
  const shown = toasts.shown.value;
  const lastSpokenRef = useRef(0);
  useEffect(() => {
    for (const toast of shown) {
      if (toast.id <= lastSpokenRef.current) continue;
      lastSpokenRef.current = toast.id;
      announcer.say(toast.text, toast.tone === "problem" ? "high" : "normal");
    }
  }, [shown, announcer]);
  if (shown.length === 0) return null;
  return (
    <section class="toasts" aria-label="Notices">
      <ol>
        {shown.map((toast) => (
          <ToastRow key={toast.id} toast={toast} toasts={toasts} />
        ))}
      </ol>
    </section>
  );
}

function ToastRow({ toast, toasts }: { readonly toast: Toast; readonly toasts: Toasts }) {
  const { action } = toast;
  const hold = () => {
    toasts.hold(toast.id);
  };
  const resume = () => {
    toasts.resume(toast.id);
  };
  return (
    <li
      class="toast"
      data-tone={toast.tone}
      onPointerEnter={hold}
      onPointerLeave={resume}
      onFocusIn={hold}
      onFocusOut={resume}
    >
      <p>{toast.text}</p>
      {action !== null && (
        <Button
          kind="quiet"
          onClick={() => {
            toasts.dismiss(toast.id);
            action.run();
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton
        icon={X}
        label="Dismiss"
        onClick={() => {
          toasts.dismiss(toast.id);
        }}
      />
    </li>
  );
}
