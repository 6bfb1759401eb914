import { Download, TextWrap } from "lucide";
import { Component } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";

import { IconButton } from "#ui/kit/button.tsx";
import { CopyButton } from "#ui/kit/copy-button.tsx";
import { ScrollBox } from "#ui/kit/group.tsx";
import { saveAs } from "#ui/kit/save-as.ts";

import { highlight } from "./highlight.ts";
import type { CodeNode } from "./highlight.ts";
import { fileExtension, languageLabel, languageOf } from "./languages.ts";

/** Lines in one box of their own: while code arrives only the last box is laid out again. */
const LINES_PER_CHUNK = 100;
/** Lines shown before "Show all": about the height of a laptop's screen. */
const FOLDED_FROM_LINES = 40;

interface CodeBlockProps {
  readonly code: string;
  /** The words after the opening fence. */
  readonly fence: string | undefined;
  readonly isFinal: boolean;
}

/** A code block with its language, copy, wrap and download. Scrolls in a box of its own that the keyboard reaches. */
export function CodeBlock({ code, fence, isFinal }: CodeBlockProps) {
  const [isWrapped, setWrapped] = useState(false);
  const [isUnfolded, setUnfolded] = useState(false);
  const nodes = useHighlight(code, fence, isFinal);
  const label = languageLabel(fence);
  const name = label === "" ? "code" : `${label} code`;
  const lineCount = useMemo(() => code.split("\n").length, [code]);
  const waiting = isFinal ? null : "The block is still being written.";
  const isFolded = lineCount > FOLDED_FROM_LINES && !isUnfolded;
  return (
    <figure class="code" data-wrap={isWrapped} data-folded={isFolded}>
      <figcaption>
        <span>{label}</span>
        <IconButton
          icon={TextWrap}
          label={`Wrap lines of ${name}`}
          aria-pressed={isWrapped}
          onClick={() => {
            setWrapped(!isWrapped);
          }}
        />
        <IconButton
          icon={Download}
          label={`Download ${name}`}
          disabledReason={waiting}
          onClick={() => {
            saveAs(`code.${fileExtension(fence)}`, new Blob([code], { type: "text/plain" }));
          }}
        />
        <CopyButton label={`Copy ${name}`} disabledReason={waiting} text={() => code} />
      </figcaption>
      <ScrollBox as="pre" label={name}>
        <code dir="ltr">{nodes === null ? <PlainCode code={code} /> : <ColouredCode nodes={nodes} />}</code>
      </ScrollBox>
      {lineCount > FOLDED_FROM_LINES && (
        <button
          type="button"
          class="show-all"
          aria-expanded={isUnfolded}
          onClick={() => {
            setUnfolded(!isUnfolded);
          }}
        >
          {isUnfolded ? "Show less" : `Show all ${String(lineCount)} lines`}
        </button>
      )}
    </figure>
  );
}

function useHighlight(code: string, fence: string | undefined, isFinal: boolean): readonly CodeNode[] | null {
  const [nodes, setNodes] = useState<readonly CodeNode[] | null>(null);
  useEffect(() => {
    const language = languageOf(fence);
    if (!isFinal || language === null) return;
    let isWanted = true;
    highlight(code, language).then(
      (coloured) => {
        if (isWanted) setNodes(coloured);
      },
      (cause: unknown) => {
        // A grammar that could not be loaded (no network before the first visit was cached) costs colours, nothing else.
        console.debug("Code stays without colours.", cause);
      },
    );
    return () => {
      isWanted = false;
    };
  }, [code, fence, isFinal]);
  return nodes;
}

function PlainCode({ code }: { readonly code: string }) {
  const lines = code.split("\n");
  const chunks: string[] = [];
  for (let at = 0; at < lines.length; at += LINES_PER_CHUNK) {
    chunks.push(lines.slice(at, at + LINES_PER_CHUNK).join("\n"));
  }
  return (
    <>
      {chunks.map((text, index) => (
        <CodeChunk key={index} text={text} />
      ))}
    </>
  );
}

class CodeChunk extends Component<{ readonly text: string }> {
  override shouldComponentUpdate(next: { readonly text: string }): boolean {
    return next.text !== this.props.text;
  }
  override render({ text }: { readonly text: string }) {
    return <span class="lines">{text === "" ? "\n" : text}</span>;
  }
}

function ColouredCode({ nodes }: { readonly nodes: readonly CodeNode[] }) {
  return (
    <>
      {nodes.map((node, index) =>
        typeof node === "string" ? (
          node
        ) : (
          <span key={index} class={node.colour === null ? undefined : `syn-${node.colour}`}>
            <ColouredCode nodes={node.children} />
          </span>
        ),
      )}
    </>
  );
}
