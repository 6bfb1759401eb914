import type { BlobId, MessageId, PartId, RunId } from "./ids.ts";
import type { ProviderOpaque } from "./provider-opaque.ts";
import type { ToolCallPart } from "./tool-call.ts";

/** A file beside a message. The bytes are an immutable blob in a store of their own, or a file of the workspace. */
export interface Attachment {
  readonly blobId: BlobId;
  readonly name: string;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
  /** The path that the file got in the session's workspace, where tools can read it. */
  readonly path: string;
}

export interface UserMessage {
  readonly id: MessageId;
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** Epoch milliseconds. */
  readonly sentAt: number;
}

/** `streaming` until its run closes it (`done`) or ends before that (`cut`). */
export type PartState = "streaming" | "done" | "cut";

/** Where a later run took up a part that an interruption had cut. */
export interface Seam {
  readonly runId: RunId;
  /** UTF-16 offset into the part's text at which the later run's text begins. */
  readonly offset: number;
}

export interface TextPart {
  readonly kind: "text";
  readonly id: PartId;
  readonly step: number;
  readonly state: PartState;
  readonly text: string;
  readonly seams: readonly Seam[];
  readonly opaque?: ProviderOpaque;
}

export interface ReasoningPart {
  readonly kind: "reasoning";
  readonly id: PartId;
  readonly step: number;
  readonly state: PartState;
  readonly text: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly opaque?: ProviderOpaque;
}

/** The smallest typed piece of an answer. */
export type Part = TextPart | ReasoningPart | ToolCallPart;
