import { ChevronLeft, ChevronRight, Ellipsis, FileText, Info, RefreshCw } from "lucide";
import { useState } from "preact/hooks";

import type { Turn } from "#domain/turn.ts";
import { isSettled, replyText } from "#domain/turn.ts";
import { IconButton } from "#ui/kit/button.tsx";
import { CopyButton, useCopy } from "#ui/kit/copy-button.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { MenuButton } from "#ui/kit/menu.tsx";

import { plainText } from "./markdown/plain-text.ts";
import { useTranscript } from "./transcript-context.ts";
import { TurnDetails } from "./turn-details.tsx";
import { useCommand } from "./use-command.ts";

/** What can be done with an answer. Always there and reachable by Tab, only quiet. */
export function AnswerActions({ turn }: { readonly turn: Turn }) {
  const { session, lockReason } = useTranscript();
  const command = useCommand();
  const copy = useCopy();
  const [isShowingDetails, setShowingDetails] = useState(false);
  const text = replyText(turn);
  const isOver = isSettled(turn) && turn.resolution !== "discarded";
  const reason = lockReason ?? (session.isRunning.value ? "Stop the answer first." : null);
  return (
    <div class="message-actions">
      {isOver && text !== "" && <CopyButton label="Copy answer as Markdown" text={() => text} data-action="copy" />}
      {isOver && (
        <IconButton
          icon={RefreshCw}
          label="Answer again"
          data-action="regenerate"
          disabledReason={reason}
          onClick={() => void command("retry-turn", { sessionId: session.sessionId, turnSeq: turn.seq, model: null })}
        />
      )}
      {isOver && (
        <MenuButton
          label="More for this answer"
          items={[
            ...(text === ""
              ? []
              : [
                  {
                    kind: "item" as const,
                    label: "Copy as plain text",
                    icon: FileText,
                    onSelect: () => void copy(plainText(text)),
                  },
                ]),
            { kind: "item", label: "Details", icon: Info, onSelect: () => setShowingDetails(true) },
          ]}
        >
          <Icon of={Ellipsis} />
        </MenuButton>
      )}
      <Versions turn={turn} />
      {isShowingDetails && <TurnDetails turn={turn} close={() => setShowingDetails(false)} />}
    </div>
  );
}

/** The versions of a turn that editing and answering again have made. */
function Versions({ turn }: { readonly turn: Turn }) {
  const { session } = useTranscript();
  const command = useCommand();
  const seqs = session.siblingsOf(turn);
  const index = seqs.indexOf(turn.seq);
  if (seqs.length < 2 || index < 0) return null;
  const select = (seq: number | undefined) => {
    if (seq !== undefined) void command("select-turn", { sessionId: session.sessionId, turnSeq: seq });
  };
  return (
    <span class="versions">
      <IconButton
        icon={ChevronLeft}
        class="directional"
        label="Previous version"
        data-action="previous"
        disabledReason={index === 0 ? "This is the first version." : null}
        onClick={() => select(seqs[index - 1])}
      />
      <span class="tabular">
        <span class="sr">Version </span>
        {index + 1} of {seqs.length}
      </span>
      <IconButton
        icon={ChevronRight}
        class="directional"
        label="Next version"
        data-action="next"
        disabledReason={index === seqs.length - 1 ? "This is the last version." : null}
        onClick={() => select(seqs[index + 1])}
      />
    </span>
  );
}
