import { type DraftId, mintId } from "#domain/ids.ts";
import type { CommandReply } from "#protocol/commands.ts";
import type { PageEndpoint } from "#protocol/endpoint.ts";
import type { Outbox, OutboxMessage } from "#ui/ports.ts";

export interface ResendParts {
  readonly outbox: Outbox;
  readonly call: PageEndpoint["call"];
  readonly unique: () => string;
  readonly log: (message: string, cause: unknown) => void;
}

/**
 * Sends what an earlier life of the page could not see committed. Its ids make that safe: what was committed after all is
 * refused as such, and nothing is there twice. What is refused for another reason becomes its session's draft, and
 * leaves the outbox only when that is committed.
 *
 * Posts everything in this task, so that it is ahead of the first attach. Resolves with whether a draft was made, which
 * who has attached already has not seen.
 */
export async function resendWaiting(parts: ResendParts): Promise<boolean> {
  const made = await Promise.all(parts.outbox.waiting().map((waiting) => resend(waiting, parts)));
  return made.includes(true);
}

async function resend(waiting: OutboxMessage, parts: ResendParts): Promise<boolean> {
  const reply = await post(waiting, parts);
  const { turnId } = waiting.message;
  if (reply.ok || reply.refusal.reason === "already-resolved" || reply.refusal.reason === "deleted") {
    parts.outbox.remove(turnId);
    return false;
  }
  parts.log(`A message from before the reload was refused (${reply.refusal.reason}).`, reply.refusal.message);
  // Nobody said no: the next start asks again.
  if (reply.refusal.reason === "agent-died") return false;
  const kept = await keepAsDraft(waiting, parts);
  if (kept) parts.outbox.remove(turnId);
  return kept;
}

function post(waiting: OutboxMessage, { call }: ResendParts): Promise<CommandReply<"send-message" | "edit-message">> {
  const { sessionId, message, model, editsTurnSeq } = waiting;
  return editsTurnSeq === null
    ? call("send-message", { sessionId, message, model })
    : call("edit-message", { sessionId, turnSeq: editsTurnSeq, message });
}

async function keepAsDraft({ sessionId, message, at }: OutboxMessage, parts: ResendParts): Promise<boolean> {
  const draft = {
    sessionId,
    // Under the id of the draft that it was: should it have been sent after all, the worker knows the id as used up.
    id: message.draftId ?? mintId<DraftId>(parts.unique),
    text: message.text,
    attachments: message.attachments,
    // Above every revision that counts changes: the last that was stored may lack the last words before Enter.
    revision: at,
    updatedAt: at,
  };
  return (await parts.call("save-draft", { draft })).ok;
}
