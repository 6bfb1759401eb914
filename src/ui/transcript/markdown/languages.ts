import type { LanguageFn } from "highlight.js";

interface Language {
  /** As people write it. */
  readonly label: string;
  /** Of a downloaded file. */
  readonly extension: string;
  readonly load: () => Promise<{ default: LanguageFn }>;
}

/** Grammars that can be coloured; each is a chunk of its own that loads when a finished block first needs it. */
const LANGUAGES = {
  javascript: { label: "JavaScript", extension: "js", load: () => import("highlight.js/lib/languages/javascript") },
  typescript: { label: "TypeScript", extension: "ts", load: () => import("highlight.js/lib/languages/typescript") },
  python: { label: "Python", extension: "py", load: () => import("highlight.js/lib/languages/python") },
  bash: { label: "Shell", extension: "sh", load: () => import("highlight.js/lib/languages/bash") },
  json: { label: "JSON", extension: "json", load: () => import("highlight.js/lib/languages/json") },
  xml: { label: "HTML", extension: "html", load: () => import("highlight.js/lib/languages/xml") },
  css: { label: "CSS", extension: "css", load: () => import("highlight.js/lib/languages/css") },
  markdown: { label: "Markdown", extension: "md", load: () => import("highlight.js/lib/languages/markdown") },
  yaml: { label: "YAML", extension: "yaml", load: () => import("highlight.js/lib/languages/yaml") },
  ini: { label: "TOML", extension: "toml", load: () => import("highlight.js/lib/languages/ini") },
  sql: { label: "SQL", extension: "sql", load: () => import("highlight.js/lib/languages/sql") },
  java: { label: "Java", extension: "java", load: () => import("highlight.js/lib/languages/java") },
  kotlin: { label: "Kotlin", extension: "kt", load: () => import("highlight.js/lib/languages/kotlin") },
  swift: { label: "Swift", extension: "swift", load: () => import("highlight.js/lib/languages/swift") },
  c: { label: "C", extension: "c", load: () => import("highlight.js/lib/languages/c") },
  cpp: { label: "C++", extension: "cpp", load: () => import("highlight.js/lib/languages/cpp") },
  csharp: { label: "C#", extension: "cs", load: () => import("highlight.js/lib/languages/csharp") },
  go: { label: "Go", extension: "go", load: () => import("highlight.js/lib/languages/go") },
  rust: { label: "Rust", extension: "rs", load: () => import("highlight.js/lib/languages/rust") },
  php: { label: "PHP", extension: "php", load: () => import("highlight.js/lib/languages/php") },
  ruby: { label: "Ruby", extension: "rb", load: () => import("highlight.js/lib/languages/ruby") },
  diff: { label: "Diff", extension: "diff", load: () => import("highlight.js/lib/languages/diff") },
  dockerfile: {
    label: "Dockerfile",
    extension: "dockerfile",
    load: () => import("highlight.js/lib/languages/dockerfile"),
  },
} satisfies Record<string, Language>;

export type LanguageName = keyof typeof LANGUAGES;

const ALIASES: Readonly<Record<string, LanguageName>> = {
  js: "javascript", jsx: "javascript", mjs: "javascript", cjs: "javascript", node: "javascript",
  ts: "typescript", tsx: "typescript", mts: "typescript",
  py: "python", python3: "python",
  sh: "bash", shell: "bash", zsh: "bash", console: "bash", shellsession: "bash",
  jsonc: "json", json5: "json",
  html: "xml", svg: "xml", xhtml: "xml",
  md: "markdown", yml: "yaml", toml: "ini",
  kt: "kotlin", "c++": "cpp", cc: "cpp", h: "c", hpp: "cpp", cs: "csharp", "c#": "csharp",
  golang: "go", rs: "rust", rb: "ruby", patch: "diff", docker: "dockerfile",
}; // prettier-ignore

/** What the first word after a fence names; null where it is unknown or there is none. */
export function languageOf(fence: string | undefined): LanguageName | null {
  const name =
    fence
      ?.trim()
      .split(/[\s{,:]/, 1)[0]
      ?.toLowerCase() ?? "";
  if (Object.hasOwn(LANGUAGES, name)) return name as LanguageName;
  return Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? null) : null;
}

/** The name over a code block: what the fence says, spelled as people know it. */
export function languageLabel(fence: string | undefined): string {
  const known = languageOf(fence);
  const word = fence?.trim().split(/\s/, 1)[0] ?? "";
  // `xml` and `svg` colour like HTML but are not called so.
  if (known === "xml" && word.toLowerCase() !== "html") return word.toUpperCase();
  if (known === "ini" && word.toLowerCase() === "ini") return "INI";
  return known === null ? word.slice(0, 30) : LANGUAGES[known].label;
}

export function fileExtension(fence: string | undefined): string {
  const known = languageOf(fence);
  return known === null ? "txt" : LANGUAGES[known].extension;
}

export function loadGrammar(name: LanguageName): Promise<{ default: LanguageFn }> {
  return LANGUAGES[name].load();
}
