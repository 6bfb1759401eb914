import type { Usage } from "#domain/model.ts";
import type { ModelRequest, Provider, StreamPart } from "#providers/provider.ts";
import { planFor } from "./plan.ts";
import { misfitAnswer } from "./nearest.ts";
import type { Progress } from "./progress.ts";
import { progressOf } from "./progress.ts";
import type { Transcript } from "./transcript.ts";
import { readTranscript } from "./transcript.ts";

/** What the agent says of itself, once, where the request's instructions hold the marker. */
export const INTRODUCTION =
  "This is the built-in agent. It follows rules and runs tools on this device. It is not a language model, so it cannot write prose or answer open questions. Connect a model for that.";
/** Set by the agent in the instructions of a first answer. A fixed sentence on both sides. */
const INTRODUCTION_MARKER = "First session: introduce yourself.";

const NO_USAGE: Usage = { inputTokens: null, outputTokens: null, cachedInputTokens: null, reasoningTokens: null };

/**
 * The built-in agent as a provider: rules instead of a model, no network, no state. Every request is answered from its
 * messages alone, so the same request gives the same parts, and a request after a reload finds the place where the last
 * one stopped. Never fails; throws only the signal's own error.
 */
export const builtInProvider: Provider = { continuation: "prefill", stream };

async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<StreamPart> {
  signal.throwIfAborted();
  yield { type: "response-started", requestId: null };
  const transcript = readTranscript(request.messages);
  const progress = respond(transcript);
  if (progress.kind === "calls") {
    for (const [index, call] of progress.calls.entries()) {
      signal.throwIfAborted();
      yield { type: "tool-call", id: `call-${index}`, tool: call.tool, input: JSON.stringify(call.input) };
    }
    yield { type: "finish", reason: "tool-calls", usage: NO_USAGE };
    return;
  }
  const text = remainder(progress.text, request, transcript.partial);
  yield { type: "text-start", id: "answer" };
  for (const piece of pieces(text)) {
    signal.throwIfAborted();
    yield { type: "text-delta", id: "answer", text: piece };
  }
  yield { type: "text-end", id: "answer" };
  yield { type: "finish", reason: "stop", usage: NO_USAGE };
}

function respond(transcript: Transcript): Progress {
  const { text, attachments, memory, sessionText } = transcript;
  const context = { attachments, memory, sessionText, earlier: [] };
  const plan = planFor(text, context);
  return plan.kind === "steps"
    ? progressOf(plan.steps, transcript.performed, memory)
    : { kind: "answer", text: misfitAnswer(plan, context) };
}

/**
 * The whole answer, or after a prefill what comes after it. The introduction may be in the part that is already there
 * although this request no longer asks for it, so both forms are tried. An answer that begins otherwise (another model
 * began it) is given whole, as the contract of a prefill allows.
 */
function remainder(answer: string, request: ModelRequest, partial: string): string {
  const introduced = `${INTRODUCTION}\n\n${answer}`;
  const isFirst = request.instructions.includes(INTRODUCTION_MARKER);
  const forms = isFirst ? [introduced, answer] : [answer, introduced];
  const [asked = answer] = forms;
  if (!request.isPrefill) return asked;
  const fitting = forms.find((form) => form.startsWith(partial));
  return fitting === undefined ? asked : fitting.slice(partial.length);
}

/** About a line's third: small enough that a reload can come between two, large enough not to be all overhead. */
const PIECE_LENGTH = 24;

/** Cuts a text before spaces, and never within a character. Joined, the pieces are the text. */
function* pieces(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    let end = Math.min(start + PIECE_LENGTH, text.length);
    if (end < text.length) {
      const space = text.lastIndexOf(" ", end);
      if (space > start) end = space;
      else if (/[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end += 1;
    }
    yield text.slice(start, end);
    start = end;
  }
}
