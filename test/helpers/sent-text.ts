import type { ServedRequest } from "./model-server.ts";

/**
 * The text of a streamed answer as far as the server had handed it to the system at a time, everything by default:
 * what a client can have received at most.
 */
export function textSent(request: ServedRequest, untilMs = Number.POSITIVE_INFINITY): string {
  const pieces = request.writes.filter(({ at }) => at <= untilMs).map(({ bytes }) => bytes);
  const lines = Buffer.concat(pieces).toString("utf8").split("\n");
  return lines.map(contentOf).join("");
}

function contentOf(line: string): string {
  if (!line.startsWith("data: {")) return "";
  const event: { choices?: { delta?: { content?: unknown } }[] } = JSON.parse(line.slice("data: ".length));
  const content = event.choices?.[0]?.delta?.content;
  return typeof content === "string" ? content : "";
}
