import { Brain, ChevronDown } from "lucide";

import type { ReasoningPart } from "#domain/message.ts";
import { Icon } from "#ui/kit/icon.tsx";

import { Disclosure } from "./disclosure.tsx";
import { Markdown } from "./markdown/markdown.tsx";
import { useNow } from "./use-now.ts";
import { wholeSeconds } from "./words.ts";

/** What a model thought before it answered: quiet, folded, with its last lines in sight while it goes on. */
export function Reasoning({ part }: { readonly part: ReasoningPart }) {
  const isLive = part.state === "streaming";
  const now = useNow(isLive);
  const spent = wholeSeconds((part.endedAt ?? now) - part.startedAt);
  return (
    <div class="reasoning">
      <Disclosure
        id={part.id}
        class="think"
        summary={
          <>
            <Icon of={Brain} />
            <span>
              Reasoning · {spent}
              {part.state === "cut" && " · cut short"}
            </span>
            <Icon of={ChevronDown} class="chevron" />
          </>
        }
      >
        {() => (
          <div class="think-body">
            <Markdown text={part.text} isStreaming={isLive} isCut={part.state === "cut"} />
          </div>
        )}
      </Disclosure>
      {isLive && <p class="think-tail">{lastLines(part.text)}</p>}
    </div>
  );
}

/** UTF-16 units that surely hold the last two lines of a narrow column. */
const TAIL_LENGTH = 240;

function lastLines(text: string): string {
  return text.slice(-TAIL_LENGTH).replace(/\s+/g, " ").toWellFormed();
}
