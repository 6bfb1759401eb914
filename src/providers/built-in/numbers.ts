/** Numbers as people write them: number words, thousands, decimal commas, fractions. */

const SMALL: Readonly<Record<string, number>> = Object.fromEntries(
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
    .split(" ")
    .map((word, value) => [word, value]),
);
const TENS: Readonly<Record<string, number>> = Object.fromEntries(
  "twenty thirty forty fifty sixty seventy eighty ninety".split(" ").map((word, index) => [word, (index + 2) * 10]),
);
const SCALES: Readonly<Record<string, number>> = { hundred: 100, thousand: 1e3, million: 1e6, billion: 1e9 };

const NUMBER_WORD = [...Object.keys(SMALL), ...Object.keys(TENS), ...Object.keys(SCALES)].join("|");
const NUMBER_WORDS = new RegExp(
  `(?<![\\p{L}\\d])(?:an? (?=hundred|thousand|million|billion))?(?:${NUMBER_WORD})(?:(?:[\\s-]+|\\s+and\\s+)(?:${NUMBER_WORD}))*(?![\\p{L}\\d])`,
  "giu",
);

const FRACTIONS: Readonly<Record<string, string>> = {
  "½": ".5",
  "¼": ".25",
  "¾": ".75",
  "⅓": ".3333333333",
  "⅔": ".6666666667",
  "⅛": ".125",
};

/** The text with every number in digits, a point before decimals and nothing between thousands. */
export function normaliseNumbers(text: string): string {
  return separators(
    text
      .replaceAll(
        /(\d*)\s?([½¼¾⅓⅔⅛])/g,
        (_, whole: string, sign: string) => `${whole === "" ? "0" : whole}${FRACTIONS[sign] ?? ""}`,
      )
      .replaceAll(/(?<![\p{L}\d])(?:a |one )?half an? (?=\p{L})/giu, "0.5 ")
      .replaceAll(/(?<![\p{L}\d])(?:a|one) dozen\b/giu, "12")
      .replaceAll(NUMBER_WORDS, (words) => String(valueOf(words)))
      .replaceAll(/\b(\d+) and (?:a|one) half\b/gi, "$1.5")
      .replaceAll(
        /(?<![\d.\p{L}/])(\d)\/([23468])(?=\s*\p{L})(?!\s+(?:of|von)\b)/gu,
        (_, over: string, under: string) => digits(Number(over) / Number(under)),
      ),
  );
}

function valueOf(words: string): number {
  let total = 0;
  let group = 0;
  for (const word of words.toLowerCase().split(/[\s-]+/)) {
    const scale = SCALES[word];
    if (scale === 100) group = (group || 1) * 100;
    else if (scale !== undefined) {
      total += (group || 1) * scale;
      group = 0;
    } else group += SMALL[word] ?? TENS[word] ?? 0;
  }
  return total + group;
}

/** "1,500" is fifteen hundred, "1,5" is one and a half; a comma within brackets or a list stands between numbers. */
function separators(text: string): string {
  const grouped = text
    .replaceAll(/(?<![\d.,])\d{1,3}(?:\.\d{3})+,\d+(?![\d.,]\d)/g, (number) =>
      number.replaceAll(".", "").replace(",", "."),
    )
    .replaceAll(/(?<![\d.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,]\d)(?!\d)/g, (number) => number.replaceAll(",", ""))
    .replaceAll(/(?<![\d.,])\d{1,3}(?: \d{3})+(?![\d,])/g, (number) => number.replaceAll(" ", ""));
  if (/\p{L}\([^)]*,/u.test(grouped)) return grouped;
  return grouped.replaceAll(/(?<![\d.,])(\d+),(\d{1,2}|\d{4,})(?!\d|,\d)/g, "$1.$2");
}

/** A number as it is put into an expression: no more digits than were meant. */
export function digits(value: number, significant = 10): string {
  return String(Number(value.toPrecision(significant)));
}
