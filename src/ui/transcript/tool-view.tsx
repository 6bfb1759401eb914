import { FileText } from "lucide";

import type { SessionId } from "#domain/ids.ts";
import { isIdShaped, readId } from "#domain/ids.ts";
import type { SessionMatch, ToolView } from "#domain/tool-call.ts";
import { ScrollBox } from "#ui/kit/group.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { useUi } from "#ui/ui-context.ts";

import { diffCounts, DiffView } from "./diff-view.tsx";
import { isNumericColumn } from "./markdown/table-block.tsx";
import { ShownLines } from "./shown-lines.tsx";
import { useTranscript } from "./transcript-context.ts";

interface ToolViewBodyProps {
  readonly view: ToolView;
  /** It shows what would be done, not what was done: the files are not there yet. */
  readonly isProposal?: boolean;
}

/** What a tool gave, in the form that suits it. */
export function ToolViewBody({ view, isProposal = false }: ToolViewBodyProps) {
  switch (view.kind) {
    case "working":
      return <Working lines={view.lines} result={view.result} />;
    case "table":
      return <TableView columns={view.columns} rows={view.rows} />;
    case "file-change":
      return <FileChange {...view} isProposal={isProposal} />;
    case "diff":
      return <DiffView before={view.before} after={view.after} label="Differences" />;
    case "files":
      return <Files paths={view.paths} />;
    case "session-matches":
      return <Matches matches={view.matches} />;
  }
}

/** The steps of a calculation, so that it can be checked. */
function Working({ lines, result }: { readonly lines: readonly string[]; readonly result: string }) {
  return (
    <dl class="working">
      {lines.length > 0 && (
        <div>
          <dt>Working</dt>
          {lines.map((line, index) => (
            <dd key={index} class="mono">
              {line}
            </dd>
          ))}
        </div>
      )}
      <div>
        <dt>Result</dt>
        <dd class="mono result">{result}</dd>
      </div>
    </dl>
  );
}

interface TableViewProps {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function TableView({ columns, rows }: TableViewProps) {
  const numeric = columns.map((_, column) => isNumericColumn(rows.map((row) => row[column] ?? "")));
  const alignOf = (column: number) => (numeric[column] === true ? "end" : "start");
  return (
    <div class="table">
      <ShownLines lines={rows} noun="rows">
        {(shown) => (
          <ScrollBox class="table-box" label="Result as a table">
            <table>
              <thead>
                <tr>
                  {columns.map((name, column) =>
                    name === "" ? (
                      <td key={column}>{name}</td>
                    ) : (
                      <th key={column} scope="col" data-align={alignOf(column)}>
                        {name}
                      </th>
                    ),
                  )}
                </tr>
              </thead>
              <tbody>
                {shown.map((row, index) => (
                  <tr key={index}>
                    {row.map((cell, column) => (
                      <td key={column} data-align={alignOf(column)}>
                        {cell}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollBox>
        )}
      </ShownLines>
    </div>
  );
}

interface FileChangeProps {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly isProposal: boolean;
}

function FileChange({ path, before, after, isProposal }: FileChangeProps) {
  const isThere = isProposal ? before !== null : after !== null;
  return (
    <div class="file-change">
      <p class="file-line">
        {isThere ? <FileLink path={path} /> : <span class="mono">{path}</span>}
        <span class="muted">
          {before === null && "New file · "}
          {after === null && (isProposal ? "Removes it · " : "Removed · ")}
          <span class="tabular">{diffCounts(before ?? "", after ?? "")}</span>
        </span>
      </p>
      <DiffView before={before ?? ""} after={after ?? ""} label={`Changes of ${path}`} />
    </div>
  );
}

function Files({ paths }: { readonly paths: readonly string[] }) {
  if (paths.length === 0) return <p class="muted">No files.</p>;
  return (
    <ShownLines lines={paths} noun="files">
      {(shown) => (
        <ul class="file-list">
          {shown.map((path) => (
            <li key={path}>
              <FileLink path={path} />
            </li>
          ))}
        </ul>
      )}
    </ShownLines>
  );
}

/** A file's name; opens it where there is a place to show it. */
function FileLink({ path }: { readonly path: string }) {
  const { openFile } = useTranscript();
  if (openFile === null) return <span class="mono">{path}</span>;
  return (
    <button
      type="button"
      class="file-link mono"
      onClick={() => {
        openFile(path);
      }}
    >
      <Icon of={FileText} />
      {path}
    </button>
  );
}

function Matches({ matches }: { readonly matches: readonly SessionMatch[] }) {
  const { ports } = useUi();
  if (matches.length === 0) return <p class="muted">No session contains it.</p>;
  return (
    <ShownLines lines={matches} noun="places">
      {(shown) => (
        <ul class="match-list">
          {shown.map((match, index) => (
            <li key={index}>
              {isIdShaped(match.sessionId) ? (
                <a
                  href={ports.href({
                    kind: "session",
                    sessionId: readId<SessionId>(match.sessionId),
                    turnSeq: match.turnSeq,
                  })}
                >
                  {match.title}
                </a>
              ) : (
                match.title
              )}
              <p class="muted" dir="auto">
                {match.snippet}
              </p>
            </li>
          ))}
        </ul>
      )}
    </ShownLines>
  );
}
