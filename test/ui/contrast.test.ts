import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

/** The colours as the browser will compute them: the style sheet is what is tested, so it is read. */
const css = readFileSync(fileURLToPath(import.meta.resolve("#ui/kit/tokens.css")), "utf8");

type Theme = "light" | "dark";
type Rgb = readonly [number, number, number];

const TOKEN = /--([a-z-]+):\s*light-dark\(oklch\(([\d.]+) ([\d.]+) ([\d.]+)\), oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)\)/g;

const tokens = new Map(
  [...css.matchAll(TOKEN)].map(([, name = "", ...numbers]) => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = numbers.map(Number);
    return [name, { light: linearRgb(a, b, c), dark: linearRgb(d, e, f) }] as const;
  }),
);

/** OKLCH to linear sRGB (Björn Ottosson's matrices, as in CSS Color 4). */
function linearRgb(lightness: number, chroma: number, hue: number): Rgb {
  const angle = (hue * Math.PI) / 180;
  const a = chroma * Math.cos(angle);
  const b = chroma * Math.sin(angle);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

function colour(name: string, theme: Theme): Rgb {
  const token = tokens.get(name);
  if (token === undefined) throw new Error(`There is no colour --${name}.`);
  return token[theme];
}

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((channel) => Math.min(1, Math.max(0, channel)));
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

function contrast(one: string, other: string, theme: Theme): number {
  const [high = 0, low = 0] = [luminance(colour(one, theme)), luminance(colour(other, theme))].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const GROUNDS = ["bg", "bg-sunken", "bg-raised", "bg-hover", "bg-selected", "bg-user", "bg-code"];
const NOTICES = ["attn-bg", "danger-bg", "ok-bg", "info-bg"];
const CODE = ["bg-code", "bg", "bg-sunken", "bg-raised"];
const DIFF = ["diff-add-bg", "diff-del-bg"];

/** [what, on what, at least]. Text 4.5, body text 7, lines that carry meaning 3. */
const PAIRS: readonly (readonly [readonly string[], readonly string[], number])[] = [
  [["text"], [...GROUNDS, ...NOTICES, ...DIFF], 7],
  [["text-muted"], [...GROUNDS, ...NOTICES, ...DIFF], 4.5],
  [["text-faint"], GROUNDS, 4.5],
  [["accent-text"], [...GROUNDS, ...NOTICES], 4.5],
  [["on-accent"], ["accent", "accent-hover"], 4.5],
  [["on-danger"], ["danger-fill"], 4.5],
  [["ok"], ["bg", "bg-sunken", "bg-raised", "ok-bg"], 4.5],
  [["attn"], ["bg", "bg-sunken", "bg-raised", "bg-hover", "bg-selected", "attn-bg"], 4.5],
  [["danger"], ["bg", "bg-sunken", "bg-raised", "bg-hover", "danger-bg"], 4.5],
  [["info"], ["bg", "bg-sunken", "bg-raised", "info-bg"], 4.5],
  [["syn-keyword", "syn-string", "syn-number", "syn-function", "syn-type", "syn-comment"], CODE, 4.5],
  [["syn-keyword", "syn-string", "syn-number", "syn-function", "syn-type"], DIFF, 4.5],
  [["line-strong"], ["bg", "bg-sunken", "bg-raised"], 3],
  [["focus"], [...GROUNDS, ...NOTICES], 3],
  [["accent"], ["bg", "bg-sunken", "bg-raised"], 3],
];

describe.each<Theme>(["light", "dark"])("colours, %s", (theme) => {
  it.each(PAIRS)("%j can be told from %j: at least %d to 1", (fronts, backs, least) => {
    const worst = fronts.flatMap((front) =>
      backs.map((back) => ({ pair: `${front} on ${back}`, contrast: contrast(front, back, theme) })),
    );
    expect(worst.filter((pair) => pair.contrast < least)).toEqual([]);
  });

  it("are all inside sRGB, so that every screen shows what was computed", () => {
    const outside = [...tokens].filter(([, token]) =>
      token[theme].some((channel) => channel < -0.002 || channel > 1.002),
    );
    expect(outside.map(([name]) => name)).toEqual([]);
  });
});

it("the style sheet's colours are understood", () => {
  expect(tokens.size).toBe(35);
});
