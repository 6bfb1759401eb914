import "./no-code-generation.ts";
import { OpenAICompatibleChatLanguageModel } from "@ai-sdk/openai-compatible";
import type { LanguageModelV4Message, LanguageModelV4StreamPart } from "@ai-sdk/provider";
import { toPrompt, toTools } from "./chat-prompt.ts";
export { openServer } from "./open-server.ts";
import { PartReader } from "./part-reader.ts";
import type { ModelRequest, StreamPart } from "./provider.ts";
import { RequestLine, UnsupportedByServer, type Server } from "./request-line.ts";
import type { Unsupported } from "./server-failure.ts";
import { untilAborted } from "./until-aborted.ts";
import type { WireNotes } from "./wire-notes.ts";
import { asWireValue } from "./wire-value.ts";

/**
 * One answer of a chat completions server, as stream parts. This file and all that it imports is loaded when a model is
 * first used. Throws ProviderFailure, or the signal's AbortError; never anything else.
 */
export async function* streamChat(
  server: Server,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<StreamPart> {
  const line = new RequestLine(server, request.model, signal);
  // Reading by getReader: WebKit has no asynchronous iteration over streams.
  let reader: ReadableStreamDefaultReader<LanguageModelV4StreamPart> | undefined;
  try {
    const stream = await untilAborted(openStream(server, request, line), signal);
    reader = stream.getReader();
    line.onUserAbort(() => reader?.cancel().catch(() => undefined));
    const parts = new PartReader(line, makerOf(server, request.model));
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield* parts.read(value);
    }
    if (!parts.isFinished) throw line.unfinished();
  } catch (error) {
    throw line.verdict(error);
  } finally {
    line.close();
    // The connection is closed already; this only lets go of what the streams in between still hold.
    reader?.cancel().catch(() => undefined);
  }
}

/** In place of a prefill, where a model takes none. */
const GO_ON: LanguageModelV4Message = {
  role: "user",
  content: [
    {
      type: "text",
      text: "Your last message was cut off by a technical interruption. Go on exactly where it stops, in the middle of a word if need be. Repeat nothing and add no remark about the interruption.",
    },
  ],
};

/** Who made a part: what is opaque goes back to this server and this model only. */
function makerOf({ origin }: Server, model: string): string {
  return `openai-compatible ${origin} ${model}`;
}

/**
 * Opens the stream; where the server refuses only because it or the model has no tools, takes no prefill or does not
 * know the option for usage, once more without. Nothing has arrived at that time, so nothing can come twice.
 */
async function openStream(
  server: Server,
  request: ModelRequest,
  line: RequestLine,
): Promise<ReadableStream<LanguageModelV4StreamPart>> {
  const lacks = server.lacks(request.model);
  for (;;) {
    try {
      return await callModel(server, request, line, lacks);
    } catch (error) {
      // Refused for the same once more: then it was something else.
      if (!(error instanceof UnsupportedByServer) || lacks.has(error.feature)) throw error;
      lacks.add(error.feature);
    }
  }
}

async function callModel(
  server: Server,
  request: ModelRequest,
  line: RequestLine,
  lacks: ReadonlySet<Unsupported>,
): Promise<ReadableStream<LanguageModelV4StreamPart>> {
  const headers: Record<string, string> = server.apiKey === null ? {} : { authorization: `Bearer ${server.apiKey}` };
  const model = new OpenAICompatibleChatLanguageModel(request.model, {
    provider: "openaiCompatible",
    url: ({ path }) => `${server.baseUrl}${path}`,
    headers,
    // The library hands on the address that it got from `url` above.
    fetch: (_, init) => line.fetch(`${server.baseUrl}/chat/completions`, init ?? {}),
    includeUsage: !lacks.has("usage"),
    metadataExtractor: notesTaker(line.notes),
  });
  line.isTold = request.isPrefill && lacks.has("prefill");
  const { stream } = await model.doStream({
    prompt: [...toPrompt(request, makerOf(server, request.model)), ...(line.isTold ? [GO_ON] : [])],
    abortSignal: line.signal,
    ...(lacks.has("tools") ? {} : { tools: toTools(request.tools) }),
  });
  return stream;
}

/** The library shows each event to an extractor as it parsed it, so nothing has to be parsed twice. */
function notesTaker(notes: WireNotes) {
  return {
    extractMetadata: () => Promise.resolve(undefined),
    createStreamExtractor: () => ({
      processChunk: (event: unknown) => notes.read(asWireValue(event)),
      buildMetadata: () => undefined,
    }),
  };
}
