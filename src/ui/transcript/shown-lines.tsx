import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

/** Lines of a result that are shown before "Show all". */
export const FIRST_LINES = 20;

interface ShownLinesProps<Line> {
  readonly lines: readonly Line[];
  /** What they are, for the button: "lines", "rows", "files". */
  readonly noun: string;
  readonly children: (lines: readonly Line[]) => ComponentChildren;
}

/** The first lines of something long, and all of them on demand. Only what is shown is cut; the call keeps everything. */
export function ShownLines<Line>({ lines, noun, children }: ShownLinesProps<Line>) {
  const [isWhole, setWhole] = useState(false);
  return (
    <>
      {children(isWhole ? lines : lines.slice(0, FIRST_LINES))}
      {lines.length > FIRST_LINES && (
        <button
          type="button"
          class="show-all"
          aria-expanded={isWhole}
          onClick={() => {
            setWhole(!isWhole);
          }}
        >
          {isWhole ? "Show less" : `Show all ${String(lines.length)} ${noun}`}
        </button>
      )}
    </>
  );
}

/** A long text in the type of code, its first lines first. */
export function TextLines({ text }: { readonly text: string }) {
  return (
    <ShownLines lines={text.replace(/\n$/, "").split("\n")} noun="lines">
      {(lines) => (
        <pre class="lines-box" dir="auto">
          {lines.join("\n")}
        </pre>
      )}
    </ShownLines>
  );
}
