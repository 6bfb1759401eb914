import { code, grouped } from "./markdown.ts";
import type { Memory } from "./memory.ts";
import { digits } from "./numbers.ts";
import type { Call, Done, Halt } from "./step.ts";
import { numberField, stringField } from "./step.ts";

export function calculate(expression: string): Call {
  return { tool: "calculate", input: { expression } };
}

/** Puts the number that "it" stands for into an expression. */
export function withAnswer(expression: string, memory: Memory): string | Halt {
  if (!/\bans\b/.test(expression)) return expression;
  const { subject } = memory;
  const value =
    subject?.kind === "quantity"
      ? `${digits(subject.number, 14)}${subject.unit === null ? "" : ` ${subject.unit}`}`
      : subject?.kind === "text" && /^-?\d+(?:\.\d+)?$/.test(subject.text.trim())
        ? subject.text.trim()
        : null;
  if (value === null) return { halt: "There is no number yet that this could refer to. Write the number itself." };
  return expression.replaceAll(/\bans\b/g, /^[\d.]+$/.test(value) ? value : `(${value})`);
}

/** What was calculated, as code. */
export function expressionOf(done: Done): string {
  return code(stringField(done.input, "expression") ?? "");
}

/** `expression` = **result** */
export function workedResult(done: Done, suffix = ""): string {
  return `${expressionOf(done)} = **${resultOf(done)}${suffix}**`;
}

export function resultOf(done: Done): string {
  return stringField(done.value, "result") ?? done.text.trim();
}

export function numberOf(done: Done | undefined): number | null {
  return done === undefined ? null : numberField(done.value, "number");
}

/** An amount of money, to the cent, with the sign that the person wrote. */
export function money(value: number | null, currency: string): string {
  if (value === null) return "?";
  const cents = (Math.round((value + Number.EPSILON) * 100) / 100).toFixed(2);
  const amount = grouped(Math.abs(Number(cents))).replace(/(\.\d)$/, "$10");
  const sign = value < 0 ? "-" : "";
  if (currency === "") return `${sign}${amount}`;
  return /^[$£¥]$/.test(currency) ? `${sign}${currency}${amount}` : `${sign}${amount} ${currency}`;
}

/** A number rounded for reading: four digits that count, or whole where it is large. */
export function rounded(value: number): string {
  if (value === 0) return "0";
  return grouped(Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4)));
}

/** Seconds as people say them: "4 min 27 s", "3 h 30 min", "2 d 4 h". */
export function duration(seconds: number): string {
  if (seconds < 60) return `${rounded(Math.max(seconds, 0))} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return joined(Math.floor(whole / 60), "min", whole % 60, "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 48 * 60) return joined(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const hours = Math.round(seconds / 3600);
  return joined(Math.floor(hours / 24), "d", hours % 24, "h");
}

function joined(first: number, firstUnit: string, second: number, secondUnit: string): string {
  return `${grouped(first)} ${firstUnit}${second === 0 ? "" : ` ${second} ${secondUnit}`}`;
}
