import { ArrowLeft } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { IconButton } from "#ui/kit/button.tsx";

import type { Ui } from "./ui.ts";

interface PageProps {
  readonly ui: Ui;
  readonly title: string;
  readonly children: ComponentChildren;
}

/** A page in place of the conversation. Its heading takes the focus, so that a screen reader starts there. */
export function Page({ ui, title, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div class="page" data-region>
      <header class="page-bar">
        <IconButton icon={ArrowLeft} label="Back to the session" onClick={() => ui.frame.goBack()} />
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
      </header>
      <div class="page-body">
        <div class="page-column">{children}</div>
      </div>
    </div>
  );
}
