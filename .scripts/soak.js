/**
 * `npm run soak`: tells random stories (test/stories) until a count or a time is reached and prints those that broke a
 * promise, each made as short as it can be, with the command that tells it again.
 *
 *   npm run soak                       for ten minutes
 *   npm run soak -- 1000000            so many stories
 *   npm run soak -- 8h                 for so long (s, m, h)
 *   --kind=calm|faulty  --seed=N  --length=N  --path=…
 */
import { rmSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));

const UNITS = { s: 1000, m: 60_000, h: 3_600_000 };

/**
 * @param {string[]} args
 * @returns {Promise<number>} 1 when a promise was broken
 */
export async function main(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      kind: { type: "string" },
      seed: { type: "string" },
      length: { type: "string" },
      path: { type: "string" },
    },
  });
  const limit = limitOf(positionals[0] ?? "10m");
  const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
  const { kind } = values;
  if (kind !== undefined && kind !== "calm" && kind !== "faulty") throw new Error("--kind is calm or faulty.");
  const stories = await load();
  const started = Date.now();
  const { runs, failures } = await stories.soak({
    kinds: kind === undefined ? ["calm", "faulty"] : [kind],
    seed,
    path: values.path ?? null,
    length: Number(values.length ?? 20),
    goesOn: (told, elapsedMs) => (limit.unit === "stories" ? told < limit.count : elapsedMs < limit.count),
    log: (line) => console.log(line),
  });
  console.log(
    `${runs} stories in ${Math.round((Date.now() - started) / 1000)} s from seed ${seed}, ${failures} failed`,
  );
  return failures === 0 ? 0 : 1;
}

/**
 * The stories as one plain program: what they load on first use must still be there in the middle of one.
 *
 * @returns {Promise<typeof import("#test/stories/soak.ts")>}
 */
async function load() {
  const outDir = `${root}.cache/soak-${process.pid}`;
  process.on("exit", () => rmSync(outDir, { recursive: true, force: true }));
  await build({
    root,
    configFile: false,
    logLevel: "error",
    build: { ssr: "test/stories/soak.ts", outDir, target: "node20", copyPublicDir: false },
  });
  return import(pathToFileURL(`${outDir}/soak.js`).href);
}

/**
 * @param {string} text a count, or a time with its unit
 * @returns {{ count: number, unit: "stories" | "ms" }}
 */
function limitOf(text) {
  const match = /^(\d+)([smh]?)$/.exec(text);
  if (match === null) throw new Error(`"${text}" is neither a count of stories nor a time like 90s, 10m or 8h.`);
  const unit = /** @type {"" | keyof typeof UNITS} */ (match[2] ?? "");
  return unit === ""
    ? { count: Number(match[1]), unit: "stories" }
    : { count: Number(match[1]) * UNITS[unit], unit: "ms" };
}
