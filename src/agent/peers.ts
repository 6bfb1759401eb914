import type { ApprovalId, SessionId } from "#domain/ids.ts";
import type { RunEvent } from "#domain/run-event.ts";
import type { ApprovalDecision } from "#domain/tool-call.ts";
import type { Turn } from "#domain/turn.ts";

/** What the workers of several tabs tell each other. Notices only: what counts is in the database. */
export type PeerMessage =
  /** Facts of a run that another tab's worker runs. */
  | {
      readonly kind: "run-events";
      readonly sessionId: SessionId;
      readonly turnSeq: number;
      readonly events: readonly RunEvent[];
    }
  /** "Whoever runs this: show me the turn as it is." */
  | { readonly kind: "who-runs"; readonly sessionId: SessionId }
  | { readonly kind: "live-turn"; readonly turn: Turn }
  /** Rows of this session changed on disk. */
  | { readonly kind: "session-written"; readonly sessionId: SessionId }
  | { readonly kind: "queue-written"; readonly sessionId: SessionId }
  | { readonly kind: "draft-written"; readonly sessionId: SessionId }
  | { readonly kind: "files-written"; readonly sessionId: SessionId }
  | { readonly kind: "settings-written" }
  | { readonly kind: "stop-run"; readonly sessionId: SessionId }
  | {
      readonly kind: "approval-resolved";
      readonly sessionId: SessionId;
      readonly id: ApprovalId;
      readonly decision: ApprovalDecision;
    };

/** A channel to the workers of the other tabs. Delivers in order, never to the sender itself. */
export interface Peers {
  tell(message: PeerMessage): void;
  listen(receive: (message: PeerMessage) => void): void;
  close(): void;
}

/** Do not change: an old tab and a new one must hear each other. */
const CHANNEL_NAME = "holdfast:peers";

export function broadcastPeers(): Peers {
  const channel = new BroadcastChannel(CHANNEL_NAME);
  return {
    tell(message) {
      channel.postMessage(message);
    },
    listen(receive) {
      channel.addEventListener("message", (event: MessageEvent<PeerMessage>) => {
        receive(event.data);
      });
    },
    close() {
      channel.close();
    },
  };
}
