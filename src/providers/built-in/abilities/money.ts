import { calculate, expressionOf, money, numberOf, resultOf } from "#providers/built-in/calculation.ts";
import { bullets } from "#providers/built-in/markdown.ts";
import { digits, normaliseNumbers } from "#providers/built-in/numbers.ts";
import type { Ability, Done, Step } from "#providers/built-in/step.ts";
import { callStep, sayStep } from "#providers/built-in/step.ts";

export const moneySums: Ability = {
  id: "money",
  about: "Tips, VAT, discounts, bill splitting and interest",
  examples: [
    "15% tip on 84.50 split 4 ways",
    "add 19% VAT to 250",
    "25% off 80",
    "compound interest on 1000 at 5% for 10 years",
  ],
  words:
    "tip bill vat tax discount off split share interest loan mortgage payment money price cost rabatt trinkgeld mehrwertsteuer zinsen",
  match: (clause) => {
    const text = normaliseNumbers(clause.text);
    if (!/\d/.test(text)) return null;
    const amounts = readAmounts(text);
    for (const read of [rateStep, tipStep, vatStep, discountStep, loanStep, interestStep, splitStep]) {
      const step = read(text, amounts);
      if (step !== null) return step;
    }
    return null;
  },
};

interface Amounts {
  /** The first number that is neither a percentage nor counts people, ways, years or months. */
  readonly sum: number | null;
  readonly percent: number | null;
  readonly currency: string;
}

const PERCENT = /(\d+(?:\.\d+)?)\s*(?:%|percent|per cent|prozent)/i;
const CURRENCY = /([$€£¥])|(?<![\p{L}])(eur|euros?|usd|dollars?|gbp|chf|yen)(?![\p{L}])/iu;
const SIGNS: Readonly<Record<string, string>> = {
  eur: "€",
  euro: "€",
  euros: "€",
  usd: "$",
  dollar: "$",
  dollars: "$",
  gbp: "£",
  yen: "¥",
  chf: "CHF",
};

function readAmounts(text: string): Amounts {
  const percent = PERCENT.exec(text);
  const bare = text
    .replaceAll(new RegExp(PERCENT, "gi"), " ")
    .replaceAll(
      /(\d+)[\s-]*(?:ways?|people|persons?|friends|guests|of us|years?|yrs?|months?|jahren?|monaten?|leuten?|personen)\b/gi,
      " ",
    )
    .replaceAll(/\b(?:between|among|by|zwischen|durch)\s+\d+\b/gi, " ");
  const sum = /\d+(?:\.\d+)?/.exec(bare)?.[0];
  const [, sign, word] = CURRENCY.exec(text) ?? [];
  return {
    sum: sum === undefined ? null : Number(sum),
    percent: percent?.[1] === undefined ? null : Number(percent[1]),
    currency: sign ?? SIGNS[word?.toLowerCase() ?? ""] ?? "",
  };
}

interface Row {
  readonly label: string;
  readonly expression: string;
}

/** Several sums at once, as a list with the working of each. The first is the answer. */
function sumsStep(confidence: number, currency: string, rows: readonly Row[], note = ""): Step {
  const answer = (done: readonly Done[]): string => {
    const lines = done.map((one, index) => {
      const value = numberOf(one);
      const amount = value === null ? resultOf(one) : money(value, currency);
      return `${rows[index]?.label ?? "Result"}: **${amount}** (${expressionOf(one)})`;
    });
    return [lines.length === 1 ? lines.join("") : bullets(lines), note].filter((part) => part !== "").join("\n\n");
  };
  return callStep({ confidence }, () => rows.map(({ expression }) => calculate(expression)), answer);
}

function peopleIn(text: string): number | null {
  const match =
    /(\d+)[\s-]*(?:ways?|people|persons?|friends|guests|of us|leuten?|personen)\b/i.exec(text) ??
    /\b(?:between|among|amongst|by|zwischen|durch)\s+(\d+)\b/i.exec(text);
  const people = Number(match?.[1] ?? 0);
  return people > 0 ? people : null;
}

function tipStep(text: string, { sum, percent, currency }: Amounts): Step | null {
  if (!/\b(?:tip|tipping|gratuity|trinkgeld)\b/i.test(text) || sum === null || percent === null) return null;
  const people = peopleIn(text);
  const total = `${digits(sum)} * (1 + ${digits(percent)} / 100)`;
  return sumsStep(0.97, currency, [
    { label: `Tip of ${digits(percent)} %`, expression: `${digits(sum)} * ${digits(percent)} / 100` },
    { label: "Total", expression: total },
    ...(people === null ? [] : [{ label: `Each of ${people}`, expression: `${total} / ${people}` }]),
  ]);
}

function vatStep(text: string, { sum, percent, currency }: Amounts): Step | null {
  if (!/\b(?:vat|sales tax|tax|mwst|mehrwertsteuer|umsatzsteuer|gst)\b/i.test(text) || sum === null || percent === null)
    return null;
  const isGross =
    /\b(?:remove|without|net|exclud\w+|excl|take off|from gross|included in|in a gross|netto|ohne|incl\w*|inclusive|brutto)\b/i.test(
      text,
    );
  const [amount, rate] = [digits(sum), digits(percent)];
  if (isGross) {
    return sumsStep(
      0.97,
      currency,
      [
        { label: "Net", expression: `${amount} / (1 + ${rate} / 100)` },
        { label: `VAT of ${rate} %`, expression: `${amount} - ${amount} / (1 + ${rate} / 100)` },
      ],
      `Taking ${money(sum, currency)} as the price with VAT.`,
    );
  }
  return sumsStep(
    0.97,
    currency,
    [
      { label: "With VAT", expression: `${amount} * (1 + ${rate} / 100)` },
      { label: `VAT of ${rate} %`, expression: `${amount} * ${rate} / 100` },
    ],
    `Taking ${money(sum, currency)} as the price without VAT.`,
  );
}

function discountStep(text: string, { sum, percent, currency }: Amounts): Step | null {
  if (!/(?:%|percent|prozent)\s*(?:off|discount|rabatt)|\b(?:discount|rabatt|reduced by|marked down)\b/i.test(text))
    return null;
  if (sum === null || percent === null) return null;
  const [amount, rate] = [digits(sum), digits(percent)];
  return sumsStep(0.97, currency, [
    { label: `Price after ${rate} % off`, expression: `${amount} * (1 - ${rate} / 100)` },
    { label: "You save", expression: `${amount} * ${rate} / 100` },
  ]);
}

function splitStep(text: string, { sum, currency }: Amounts): Step | null {
  if (!/\b(?:split|share|divide|teile|aufteilen)\b/i.test(text) || sum === null) return null;
  const people = peopleIn(text);
  if (
    people === null ||
    !/\b(?:people|persons?|friends|ways?|guests|of us|bill|split|share|personen|leuten?)\b/i.test(text)
  )
    return null;
  return sumsStep(0.96, currency, [{ label: `Each of ${people}`, expression: `${digits(sum)} / ${people}` }]);
}

function yearsIn(text: string): string | null {
  const years = /(\d+(?:\.\d+)?)[\s-]*(?:years?|yrs?|jahren?)\b/i.exec(text)?.[1];
  if (years !== undefined) return digits(Number(years));
  const months = /(\d+(?:\.\d+)?)[\s-]*(?:months?|monaten?)\b/i.exec(text)?.[1];
  return months === undefined ? null : `(${digits(Number(months))} / 12)`;
}

function interestStep(text: string, { sum, percent, currency }: Amounts): Step | null {
  if (!/\b(?:interest|zinsen|zinseszins)\b/i.test(text) || sum === null || percent === null) return null;
  const years = yearsIn(text);
  if (years === null)
    return sayStep(0.93, "Say for how long, for example: compound interest on 1000 at 5% for 10 years.");
  const [amount, rate] = [digits(sum), digits(percent)];
  const compound: Row = { label: "Compounded yearly", expression: `${amount} * (1 + ${rate} / 100)^${years}` };
  const simple: Row = { label: "Simple interest", expression: `${amount} * (1 + ${rate} / 100 * ${years})` };
  const rows = /\b(?:compound\w*|zinseszins)\b/i.test(text)
    ? [compound]
    : /\bsimple\b/i.test(text)
      ? [simple]
      : [compound, simple];
  return sumsStep(
    0.97,
    currency,
    rows,
    `At the end, ${money(sum, currency)} included; ${rate} % is read as a yearly rate.`,
  );
}

function loanStep(text: string, { sum, percent, currency }: Amounts): Step | null {
  if (
    !/\b(?:monthly payment|monthly rate|loan|mortgage|annuity|monatsrate)\b/i.test(text) ||
    sum === null ||
    percent === null
  )
    return null;
  const years = yearsIn(text);
  if (years === null) return null;
  const monthly = `${digits(percent)} / 1200`;
  const payment = `${digits(sum)} * (${monthly}) / (1 - (1 + ${monthly})^(-12 * ${years}))`;
  return sumsStep(
    0.97,
    currency,
    [
      { label: "Each month", expression: payment },
      { label: "In all", expression: `12 * ${years} * ${payment}` },
    ],
    `Equal payments at the end of each month; ${digits(percent)} % is read as a yearly rate.`,
  );
}

const CURRENCY_PAIR =
  /(\d+(?:\.\d+)?)\s*(eur|euros?|usd|dollars?|us dollars?|gbp|pounds sterling|chf|jpy|yen|[$€£¥])\s+(?:in|to|into|as)\s+(eur|euros?|usd|dollars?|us dollars?|gbp|pounds sterling|chf|jpy|yen|[$€£¥])(?:\s+(?:at|with|@)(?: (?:a )?rate(?: of)?)?\s*(\d+(?:\.\d+)?))?/i;

/** No rate is known here: one that the person gives is used, and no other is made up. */
function rateStep(text: string): Step | null {
  const [, amount, from, to, rate] = CURRENCY_PAIR.exec(text) ?? [];
  if (amount === undefined || from === undefined || to === undefined) return null;
  const sign = SIGNS[to.toLowerCase()] ?? to;
  if (rate !== undefined) return sumsStep(0.98, sign, [{ label: `At ${rate}`, expression: `${amount} * ${rate}` }]);
  return sayStep(
    0.98,
    `Exchange rates change and this agent has none. Give the rate: "${amount} ${from} in ${to} at 1.08".`,
  );
}
