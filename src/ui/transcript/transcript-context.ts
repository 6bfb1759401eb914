import { createContext } from "preact";
import { useContext } from "preact/hooks";

import type { SessionView } from "#ui/session-view.ts";

/** What the parts of a transcript share. */
export interface TranscriptScope {
  readonly session: SessionView;
  /** Why nothing can be changed now; null: it can. */
  readonly lockReason: string | null;
  /** Opens a file of the workspace; null where there is no place to show it. */
  readonly openFile: ((path: string) => void) | null;
  /** Lets the person choose another model. */
  readonly changeModel: () => void;
}

export const TranscriptContext = createContext<TranscriptScope | null>(null);

export function useTranscript(): TranscriptScope {
  const scope = useContext(TranscriptContext);
  if (scope === null) throw new Error("A part of the transcript was rendered outside of it.");
  return scope;
}
