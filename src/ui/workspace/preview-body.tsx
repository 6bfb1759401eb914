import Papa from "papaparse";
import { useEffect, useState } from "preact/hooks";

import { imageType, prettyJson, PREVIEW_LIMIT_BYTES, previewKind } from "./preview-kind.ts";

/** Rows of a table that are drawn; the file itself has them all. */
const SHOWN_ROWS = 200;

/** What scrolls takes the focus: without it it could not be read by keyboard. */
const SCROLL_BOX = { tabIndex: 0, role: "region" } as const;

interface PreviewBodyProps {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export function PreviewBody({ path, bytes }: PreviewBodyProps) {
  const kind = previewKind(path, bytes);
  if (kind === "image") return <ImagePreview path={path} bytes={bytes} />;
  if (kind === "none") return <p class="workspace-empty">This file cannot be shown here. Download it to open it.</p>;
  if (bytes.byteLength > PREVIEW_LIMIT_BYTES) {
    return <p class="workspace-empty">This file is too large to be shown here. Download it to open it.</p>;
  }
  const text = new TextDecoder().decode(bytes);
  if (text === "") return <p class="workspace-empty">This file is empty.</p>;
  switch (kind) {
    case "csv":
      return <TablePreview path={path} text={text} />;
    case "json":
      return <TextPreview path={path} text={prettyJson(text)} isCode />;
    case "markdown":
      return <TextPreview path={path} text={text} />;
    case "text":
      return <TextPreview path={path} text={text} isCode />;
  }
}

function TextPreview({
  path,
  text,
  isCode = false,
}: {
  readonly path: string;
  readonly text: string;
  readonly isCode?: boolean;
}) {
  return (
    <pre class={isCode ? "file-text mono" : "file-text"} {...SCROLL_BOX} aria-label={`Text of ${path}`} dir="auto">
      {text}
    </pre>
  );
}

function ImagePreview({ path, bytes }: PreviewBodyProps) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes], { type: imageType(path) ?? "" }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [path, bytes]);
  return url === null ? null : <img class="file-image" src={url} alt={path} />;
}

function TablePreview({ path, text }: { readonly path: string; readonly text: string }) {
  const { data: rows } = Papa.parse<string[]>(text, { preview: SHOWN_ROWS + 1, skipEmptyLines: true });
  const [head = [], ...body] = rows;
  return (
    <div class="file-table" {...SCROLL_BOX} aria-label={`Table of ${path}`}>
      <table>
        <thead>
          <tr>
            {head.map((cell, at) => (
              <th key={at} scope="col">
                {cell === "" ? `Column ${at + 1}` : cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {body.slice(0, SHOWN_ROWS).map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={column} data-number={isNumber(cell) ? "" : undefined}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {body.length >= SHOWN_ROWS && <p class="file-note">The first {SHOWN_ROWS} rows.</p>}
    </div>
  );
}

function isNumber(cell: string): boolean {
  return /^\s*[-+]?[\d.,\s]*\d%?\s*$/.test(cell);
}
