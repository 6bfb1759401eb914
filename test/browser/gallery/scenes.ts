import { mintId } from "#domain/ids.ts";
import type { ApprovalId } from "#domain/ids.ts";
import type { ToolView } from "#domain/tool-call.ts";
import type { Turn } from "#domain/turn.ts";

import {
  attachment,
  call,
  COMPLETED,
  GALLERY_NOW,
  interrupted,
  reasoningPart,
  restartSeqs,
  run,
  textPart,
  turn,
} from "./turns.ts";

/** One session for each page of the gallery. */
export interface Scene {
  readonly turns: readonly Turn[];
  readonly continuesAt?: number;
  readonly siblings?: readonly { readonly parent: number; readonly seqs: readonly number[] }[];
  readonly hasEarlier?: boolean;
}

const view = (value: ToolView, text = "done") => ({ ok: true as const, text, value: null, view: value });

const CODE = `\`\`\`javascript
// seconds to boil
const boil = (litres, from, watts) => litres * 4186 * (100 - from) / watts;
console.log(\`\${boil(1.5, 15, 2000).toFixed(1)} s, which is a rather long line that must scroll inside its box\`);
\`\`\``;

const MARKDOWN = `# What the renderer draws

A paragraph with **bold**, *italic*, ~~struck~~, \`inline code\`, a [link](https://example.com/page), an
[honest looking one](https://elsewhere.example/x) named [bank.example](https://evil.example/login), mail to <mailto:a@b.example>
and a place in the app: [this session](#/s/gallery?turn=1). &copy; 2026 &mdash; entities. <b>Raw HTML</b> stays text.

### Deeper at once

1. first
2. second
   - nested **bold**
   - [x] finished task
   - [ ] open task
3. third

> A quotation with \`code\`
> over two lines

| Item | Price | Share |
|---|---:|:-:|
| Tent | € 249.90 | 62 % |
| Stove | € 89.00 | 22 % |
| Map | € 12.50 | 3 % |

![A diagram](https://tracker.example/pixel.png?user=1)

${CODE}

---

\`\`\`python
def greet(name: str) -> str:
    """Say hello."""
    return f"Hello, {name}!"  # 42
\`\`\`

Last words.`;

const INPUT = { expression: "1.5 kg * 4186 J/(kg K) * 85 K / (2 kW) to s" };

const calculated = () =>
  call(
    "calculate",
    INPUT,
    view(
      {
        kind: "working",
        lines: ["1.5 kg × 4186 J/(kg K) × 85 K = 533,715 J", "533,715 J / 2 kW = 266.9 s"],
        result: "266.9 s",
      },
      "266.9 s",
    ),
  );

/** What the mock shows. */
export function mock(): Scene {
  restartSeqs();
  return {
    turns: [
      turn(
        "How long does a 2 kW kettle take to boil 1.5 litres from 15 °C?",
        [run(COMPLETED)],
        [
          calculated(),
          textPart(
            `About **4 min 27 s**, if no heat is lost. Real kettles lose roughly a tenth, so expect close to five minutes. See [the working](#/s/gallery?turn=1).\n\n${CODE}`,
          ),
        ],
      ),
      turn(
        "Now compare it with an induction hob and write a table to notes.md",
        [run(interrupted())],
        [
          reasoningPart("The person wants a comparison."),
          textPart("An induction hob of 2.2 kW is usually 84 to 90 % efficient, so the same water would need about", {
            state: "cut",
          }),
        ],
      ),
    ],
  };
}

export function markdown(): Scene {
  restartSeqs();
  return { turns: [turn("Show me everything that you can draw.", [run(COMPLETED)], [textPart(MARKDOWN)])] };
}

const ROWS = Array.from({ length: 26 }, (_, index) => [
  `item ${String(index + 1)}`,
  String(index * 7),
  `${String(index * 3)}.5`,
]);

export function tools(): Scene {
  restartSeqs();
  const before = Array.from({ length: 14 }, (_, index) => `line ${String(index + 1)}`).join("\n");
  const approvalRun = run(null);
  return {
    turns: [
      turn(
        "Run every tool that you have.",
        [run(COMPLETED)],
        [
          calculated(),
          call(
            "csv_statistics",
            { path: "budget.csv" },
            view({ kind: "table", columns: ["Name", "Count", "Mean"], rows: ROWS }),
            { tier: 1 },
          ),
          call(
            "write_file",
            { path: "notes.md", text: "tent\nstove" },
            view({ kind: "file-change", path: "notes.md", before: null, after: "- tent\n- stove\n- map\n" }),
            {
              tier: 3,
              effect: "idempotent",
              approval: {
                request: { id: mintId<ApprovalId>(() => "a1"), title: "Write notes.md", reason: "x" },
                decision: "allow-once",
              },
            },
          ),
          call(
            "replace_in_file",
            { path: "list.txt", find: "line 7", replace: "seven" },
            view({ kind: "file-change", path: "list.txt", before, after: before.replace("line 7", "line seven") }),
            { tier: 3 },
          ),
          call(
            "list_files",
            {},
            view({
              kind: "files",
              paths: ["notes.md", "budget.csv", "a/very/deep/folder/with/a/long/name/that/wraps/somewhere.txt"],
            }),
            { tier: 1 },
          ),
          call(
            "search_sessions",
            { query: "kettle" },
            view({
              kind: "session-matches",
              matches: [
                {
                  sessionId: "s1",
                  title: "Kettle timing",
                  turnSeq: 2,
                  snippet: "…a 2 kW kettle take to boil 1.5 litres…",
                },
              ],
            }),
            { tier: 2 },
          ),
          call(
            "read_file",
            { path: "missing.md" },
            { ok: false, text: "There is no file missing.md. The files are notes.md and budget.csv." },
            { tier: 1 },
          ),
          call(
            "read_file",
            { path: "notes.md" },
            {
              ok: true,
              text: Array.from({ length: 30 }, (_, index) => `line ${String(index + 1)}`).join("\n"),
              value: null,
            },
            { tier: 1 },
          ),
          call(
            "delete_file",
            { path: "notes.md" },
            { ok: false, text: "The person did not allow it." },
            { tier: 3, state: "denied" },
          ),
          call("append_file", { path: "notes.md", text: "x" }, null, { tier: 3, state: "cancelled" }),
          call("count_text", { text: "one two" }, { ok: true, text: "2 words", value: null }),
          call("hash_text", { algorithm: "sha-256", text: "abc" }, { ok: true, text: "ba7816bf", value: null }),
          call("keywords", { path: "notes.md" }, { ok: true, text: "tent, stove", value: null }),
          textPart("All of them have run."),
        ],
      ),
      turn(
        "make a packing list in notes.md with tent, stove, map",
        [approvalRun],
        [
          textPart("I will write the list."),
          call("count_text", { text: "abc" }, null, { state: "running", startedAt: GALLERY_NOW - 3_000 }),
          call("hash_text", { algorithm: "sha-1" }, null, { state: "queued" }),
          call("write_file", null, null, { state: "receiving" }),
          call("write_file", { path: "notes.md", text: "- tent\n- stove\n- map\n" }, null, {
            tier: 3,
            effect: "idempotent",
            state: "needs-approval",
            approval: {
              request: {
                id: mintId<ApprovalId>(() => "a2"),
                title: "Write notes.md",
                reason: "It creates a file in this session's workspace.",
                view: { kind: "file-change", path: "notes.md", before: null, after: "- tent\n- stove\n- map\n" },
              },
              decision: null,
            },
          }),
        ],
      ),
    ],
  };
}

export function endings(): Scene {
  restartSeqs();
  const partial = () => textPart("The first half of an answer that was **not", { state: "cut" });
  return {
    turns: [
      turn("stopped", [run({ kind: "stopped" })], [partial()]),
      turn("kept", [run(interrupted())], [partial()], { resolution: "kept" }),
      turn("discarded", [run(interrupted())], [partial()], { resolution: "discarded" }),
      turn(
        "went on by itself",
        [
          run(interrupted({ mayMiss: false })),
          run(COMPLETED, { trigger: "automatic", id: mintId(() => "second-run") }),
        ],
        [
          textPart(
            "Before the reload this much had arrived.\n\nAnd then it went on to the end of its answer without a gap.\n\nA last paragraph.",
            {
              seams: [{ runId: mintId(() => "second-run"), offset: 60 }],
            },
          ),
        ],
      ),
      turn("context", [run({ kind: "context-full", detail: "131,072 of 131,072 tokens" })], [textPart("Too long.")]),
      turn(
        "a tool of unknown outcome",
        [run(interrupted({ cause: "app-died" }))],
        [
          textPart("Writing the file.", { state: "cut" }),
          call("append_file", { path: "notes.md", text: "- compass" }, null, {
            tier: 3,
            effect: "once",
            state: "unknown",
            startedAt: GALLERY_NOW - 5_000,
          }),
        ],
      ),
    ],
  };
}

/** A scene that ends in one turn with this outcome. */
export function ending(
  kind: "error" | "no-answer" | "tool-limit" | "context-full" | "stopped" | "interrupted" | "nothing" | "continuing",
): Scene {
  restartSeqs();
  const first = turn("An earlier question", [run(COMPLETED)], [textPart("An earlier answer, short and complete.")]);
  const question = "What is the meaning of all this?";
  const partial = [textPart("Half of the answer is here, and then", { state: "cut" })];
  switch (kind) {
    case "error":
      return {
        turns: [
          first,
          turn(
            question,
            [
              run({
                kind: "error",
                error: {
                  code: "bad-key",
                  message: "The provider did not accept the key. Check it in the connection's settings.",
                  detail: 'HTTP 401\n{"error":{"message":"Incorrect API key provided"}}',
                },
              }),
            ],
            [],
          ),
        ],
      };
    case "no-answer":
      return { turns: [first, turn(question, [run({ kind: "no-answer" })], [])] };
    case "tool-limit":
      return { turns: [first, turn(question, [run({ kind: "tool-limit", steps: 40 })], partial)] };
    case "context-full":
      return {
        turns: [first, turn(question, [run({ kind: "context-full", detail: "131,072 of 131,072 tokens" })], partial)],
      };
    case "stopped":
      return { turns: [first, turn(question, [run({ kind: "stopped" })], partial)] };
    case "interrupted":
      return { turns: [first, turn(question, [run(interrupted())], partial)] };
    case "nothing":
      return { turns: [first, turn(question, [run(interrupted({ cause: "app-died", mayMiss: false }))], [])] };
    case "continuing":
      return { turns: [first, turn(question, [run(interrupted())], partial)], continuesAt: GALLERY_NOW + 3_000 };
  }
}

export function waiting(kind: "retry" | "network" | "pending" | "started" | "reasoning"): Scene {
  restartSeqs();
  const question = "Are you there?";
  switch (kind) {
    case "retry":
      return {
        turns: [
          turn(
            question,
            [
              run(null, {
                phase: {
                  kind: "waiting-retry",
                  attempt: 2,
                  until: GALLERY_NOW + 12_000,
                  reason: "The provider is busy.",
                },
              }),
            ],
            [],
          ),
        ],
      };
    case "network":
      return { turns: [turn(question, [run(null, { phase: { kind: "waiting-network" } })], [])] };
    case "pending":
      return { turns: [turn(question, [], [])] };
    case "started":
      return { turns: [turn(question, [run(null)], [])] };
    case "reasoning":
      return {
        turns: [
          turn(
            question,
            [run(null)],
            [
              reasoningPart(
                "First I look at what was asked. It is short, and it asks whether somebody is there. There are several ways in which that can be meant, and each deserves a thought before an answer.",
                {
                  state: "streaming",
                  endedAt: null,
                },
              ),
            ],
          ),
        ],
      };
  }
}

export function versions(): Scene {
  restartSeqs();
  const long = Array.from({ length: 30 }, (_, index) => `Line ${String(index + 1)} of a long message.`).join("\n");
  const first = turn(long, [run(COMPLETED)], [textPart("A short answer.")]);
  const withFiles = turn(
    "What is in these files?",
    [run(COMPLETED)],
    [textPart("Two files.\n\nمرحبا بالعالم، هذه فقرة من اليمين إلى اليسار.")],
  );
  return {
    turns: [
      first,
      {
        ...withFiles,
        user: {
          ...withFiles.user,
          attachments: [
            attachment("budget.csv", 4_812),
            attachment("a-file-with-quite-a-long-name-for-a-narrow-phone.txt", 120),
          ],
        },
      },
    ],
    siblings: [{ parent: 1, seqs: [2, 5, 7] }],
  };
}

export function many(count: number): Scene {
  restartSeqs();
  return {
    turns: Array.from({ length: count }, (_, index) =>
      turn(
        `Question ${String(index + 1)}`,
        [run(COMPLETED)],
        [
          textPart(
            `Answer ${String(index + 1)}.\n\nA second paragraph of some length, so that a turn takes more than two lines on the screen.`,
          ),
        ],
      ),
    ),
  };
}

export const SCENES: Readonly<Record<string, () => Scene>> = {
  mock,
  markdown,
  tools,
  endings,
  versions,
  error: () => ending("error"),
  "no-answer": () => ending("no-answer"),
  "tool-limit": () => ending("tool-limit"),
  "context-full": () => ending("context-full"),
  stopped: () => ending("stopped"),
  interrupted: () => ending("interrupted"),
  nothing: () => ending("nothing"),
  continuing: () => ending("continuing"),
  retry: () => waiting("retry"),
  network: () => waiting("network"),
  pending: () => waiting("pending"),
  started: () => waiting("started"),
  reasoning: () => waiting("reasoning"),
  many: () => many(12),
};
