/** Why a run ended without a terminal event of its own. The most specific that the evidence allows. */
export type InterruptionCause =
  | "page-closed"
  | "update"
  | "paused-by-browser"
  | "agent-died"
  | "connection-dropped"
  | "stalled"
  | "app-died";

/** What a provider or the loop failed with. Decides the sentence, the actions offered, and whether waiting helps. */
export type RunErrorCode =
  | "bad-key"
  | "missing-key"
  | "no-credit"
  | "rate-limited"
  | "server-error"
  | "unreachable"
  | "not-an-api"
  | "model-not-found"
  | "bad-request"
  | "malformed-stream"
  | "content-filter"
  | "output-limit"
  | "storage"
  | "internal";

/** An error as a record: shown again after a reload, never sent to a model. */
export interface RunError {
  readonly code: RunErrorCode;
  /** One plain sentence: what happened and what to do. */
  readonly message: string;
  /** What the server or the engine said, for the disclosure; never holds a key. */
  readonly detail: string | null;
}

/** How a run ended: a closed set, set once, from evidence. */
export type Outcome =
  | { readonly kind: "completed" }
  | { readonly kind: "stopped" }
  | {
      readonly kind: "interrupted";
      readonly cause: InterruptionCause;
      /** Epoch ms up to which the work is saved. */
      readonly savedUpTo: number;
      /** Whether something that had arrived may be missing after `savedUpTo`. */
      readonly mayMiss: boolean;
    }
  | { readonly kind: "no-answer" }
  | { readonly kind: "tool-limit"; readonly steps: number }
  | { readonly kind: "context-full"; readonly detail: string | null }
  | { readonly kind: "error"; readonly error: RunError };

export type SettledStatus = Outcome["kind"];
export type TurnStatus = "pending" | "running" | SettledStatus;
