import type { ApprovalId, CallId } from "./ids.ts";
import type { JsonValue } from "./json.ts";
import type { ProviderOpaque } from "./provider-opaque.ts";

/**
 * What happens if a call runs twice. `pure`: nothing. `idempotent`: the same end state.
 * `once`: something new, so a call whose outcome is unknown is never run again without the user.
 */
export type Effect = "pure" | "idempotent" | "once";

/** How far a tool reaches: 0 compute, 1 read workspace, 2 read other sessions, 3 write workspace, 4 network read, 5 network send. */
export type Tier = 0 | 1 | 2 | 3 | 4 | 5;

/**
 * `receiving` its input → `queued` → (`needs-approval`) → `running` → one of the rest.
 * `unknown`: a once-only tool had started when the app died.
 */
export type ToolCallState =
  | "receiving"
  | "queued"
  | "needs-approval"
  | "running"
  | "done"
  | "failed"
  | "denied"
  | "cancelled"
  | "unknown";

export function isToolCallSettled(state: ToolCallState): boolean {
  return state === "done" || state === "failed" || state === "denied" || state === "cancelled" || state === "unknown";
}

/** How a card shows a result beyond its text. */
export type ToolView =
  | { readonly kind: "working"; readonly lines: readonly string[]; readonly result: string }
  | { readonly kind: "table"; readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] }
  /** `before` null: the file is new. `after` null: the file is removed. */
  | {
      readonly kind: "file-change";
      readonly path: string;
      readonly before: string | null;
      readonly after: string | null;
    }
  | { readonly kind: "diff"; readonly before: string; readonly after: string }
  | { readonly kind: "files"; readonly paths: readonly string[] }
  | { readonly kind: "session-matches"; readonly matches: readonly SessionMatch[] };

/** A place in a session that a search found. */
export interface SessionMatch {
  readonly sessionId: string;
  readonly title: string;
  /** Seq of the turn to jump to. */
  readonly turnSeq: number;
  readonly snippet: string;
}

/** What a tool gave. `text` is what a model reads; `value` the same as a value; `view` what a card shows. */
export type ToolOutput =
  | { readonly ok: true; readonly text: string; readonly value: JsonValue; readonly view?: ToolView }
  | { readonly ok: false; readonly text: string };

/** What the person is asked to allow, with the exact payload. */
export interface ApprovalRequest {
  readonly id: ApprovalId;
  /** e.g. "Write notes.md" */
  readonly title: string;
  /** Why this is asked: what the tool can do. */
  readonly reason: string;
  readonly view?: ToolView;
}

export type ApprovalDecision = "allow-once" | "allow-in-session" | "deny";

export interface ToolCallPart {
  readonly kind: "tool-call";
  readonly id: CallId;
  readonly step: number;
  readonly tool: string;
  readonly effect: Effect;
  readonly tier: Tier;
  readonly state: ToolCallState;
  /** Null until the whole input has arrived. */
  readonly input: JsonValue;
  readonly approval: { readonly request: ApprovalRequest; readonly decision: ApprovalDecision | null } | null;
  readonly output: ToolOutput | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly opaque?: ProviderOpaque;
}
