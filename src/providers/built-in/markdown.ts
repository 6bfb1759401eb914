/** Putting the person's words and the tools' results into Markdown without their being read as Markdown. */

const SPECIAL = /[\\`*_[\]<>#|~!&]/g;

/** Text as it is, in one line. */
export function plain(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim().replace(SPECIAL, "\\$&");
}

/** Text as code within a line. */
export function code(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  if (line === "") return "(empty)";
  const fence = "`".repeat(longestRun(line) + 1);
  const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** Text as a block of code. A file that ends in a new line gets no empty last line. */
export function fenced(text: string, language = ""): string {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text.replace(/\r?\n$/, "")}\n${fence}`;
}

function longestRun(text: string): number {
  return [...text.matchAll(/`+/g)].reduce((longest, [run]) => Math.max(longest, run.length), 0);
}

/** A link that puts the text into the composer, to be sent as it is or changed. */
export function tryLink(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim().toWellFormed();
  return `[${plain(line)}](#/try?text=${encode(line)})`;
}

/** A link to a turn of a session. */
export function turnLink(title: string, sessionId: string, turnSeq: number): string {
  return `[${plain(title) || "Untitled"}](#/s/${encode(sessionId)}?turn=${turnSeq})`;
}

export const CONNECT_LINK = "[Connect a model](#/connect)";

/** Brackets and quotes are legal in an address but end a Markdown link too early. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[()'!*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}

export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [row(columns), row(columns.map(() => "---")), ...rows.map(row)].join("\n");
}

/** "1 line", "2 lines", with thousands set apart. */
export function counted(count: number, noun: string): string {
  const plural = noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : /(?:s|ch|x)$/.test(noun) ? `${noun}es` : `${noun}s`;
  return `${grouped(count)} ${count === 1 ? noun : plural}`;
}

/** Digits in groups of three with commas; the same on every device, so that a continued answer fits its beginning. */
export function grouped(value: number): string {
  const [whole = "", decimals] = String(value).split(".");
  if (value >= 1e15 || whole.includes("e") || (decimals ?? "").includes("e")) return String(value);
  const set = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
  return decimals === undefined ? set : `${set}.${decimals}`;
}
