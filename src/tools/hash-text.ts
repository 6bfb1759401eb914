import * as v from "valibot";
import { defineTool } from "./define-tool.ts";
import { isOneSource, ONE_SOURCE, textSource } from "./text-source.ts";
import { encode } from "./write-tools.ts";

export const hashText = defineTool("hash_text", {
  input: v.pipe(
    v.strictObject({ algorithm: v.picklist(["sha-1", "sha-256", "sha-384", "sha-512"]), ...textSource }),
    v.check((input) => isOneSource(input), ONE_SOURCE),
  ),
  run: async (input, context) => {
    // A file's checksum is that of its bytes: what every other program says of the same file.
    const bytes = input.path === undefined ? encode(input.text ?? "") : await context.workspace.read(input.path);
    const digest = await crypto.subtle.digest(input.algorithm.toUpperCase(), bytes);
    const hash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
    return { ok: true, text: `${input.algorithm.toUpperCase()}: ${hash}`, value: { hash } };
  },
});
