import type { SilenceWatch } from "./silence-watch.ts";

const HEAD_BYTES = 300;

/** How the body of one answer went, while it is read and after that. */
export class Reception {
  /** `ended`: closed in order by the server. `dropped`: the connection broke. `stalled`: silent for too long. */
  state: "open" | "ended" | "dropped" | "stalled" = "open";
  #head = new Uint8Array();

  /** The first bytes as text, to tell what it was that could not be read as a stream. */
  get head(): string {
    return new TextDecoder().decode(this.#head).trim();
  }

  note(bytes: Uint8Array): void {
    if (this.#head.length >= HEAD_BYTES) return;
    const head = new Uint8Array(Math.min(HEAD_BYTES, this.#head.length + bytes.length));
    head.set(this.#head);
    head.set(bytes.subarray(0, head.length - this.#head.length), this.#head.length);
    this.#head = head;
  }
}

/**
 * The body of `response`, watched. Where the connection breaks or goes silent it ends as if in order and `reception`
 * says what it was: an error would make every stream in between throw away what it still holds, and what has arrived stays.
 */
export function watchedBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  watch: SilenceWatch,
  reception: Reception,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  return new ReadableStream(
    {
      async pull(controller) {
        watch.listen();
        try {
          const { done, value } = await reader.read();
          watch.heard();
          if (!done) {
            reception.note(value);
            controller.enqueue(value);
            return;
          }
          reception.state = "ended";
        } catch {
          // The reason is in `reception`: silence was noted before it broke the connection, anything else is a drop.
          watch.stop();
          if (reception.state === "open") reception.state = "dropped";
        }
        controller.close();
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
