import { calculate, duration, expressionOf, numberOf, resultOf, rounded } from "#providers/built-in/calculation.ts";
import { sayStep } from "#providers/built-in/step.ts";
import type { Ability, Done, Step } from "#providers/built-in/step.ts";
import { callStep } from "#providers/built-in/step.ts";
import { digits, normaliseNumbers } from "#providers/built-in/numbers.ts";
import { findUnit, written } from "#providers/built-in/units.ts";

export const heat: Ability = {
  id: "heat",
  about: "How long, or how much energy or power, it takes to heat water",
  examples: [
    "how long does 2 kW need to heat 1.5 l of water from 15 to 100 °C",
    "how much energy to heat 80 l of water from 12 to 60 °C",
  ],
  words: "heat boil warm kettle water heating boiling energy power temperature kW erhitzen kochen wasser",
  match: (clause) => heatStep(normaliseNumbers(clause.text)),
};

/** Specific heat of liquid water near room temperature, J/(kg K). Source: CRC Handbook of Chemistry and Physics. */
const WATER_HEAT = 4186;
/** Kilograms a unit of water weighs, at 1 kg a litre. */
const WATER_MASS: Readonly<Record<string, number>> = {
  l: 1,
  ml: 0.001,
  cl: 0.01,
  dl: 0.1,
  m3: 1000,
  cm3: 0.001,
  cup: 0.2365882365,
  pint: 0.473176473,
  quart: 0.946352946,
  gallon: 3.785411784,
  floz: 0.0295735296,
  kg: 1,
  g: 0.001,
  lb: 0.45359237,
  oz: 0.028349523125,
  tonne: 1000,
};
const ROOM_C = 20;
const BOILING_C = 100;

interface Heating {
  readonly amount: string;
  /** How the amount became kilograms; empty where it was given as a mass in kilograms. */
  readonly massNote: string;
  readonly kilograms: number;
  /** In K, as it stands in the formula. */
  readonly rise: string;
  readonly range: string;
  readonly notes: readonly string[];
  readonly efficiency: number | null;
}

function heatStep(text: string): Step | null {
  if (!/\b(?:boil(?:s|ing)?|heat(?:s|ing)?|warm(?:s|ing)?|erhitzen|erwärmen|kochen|zum kochen)\b/i.test(text))
    return null;
  const power = quantity(text, "power");
  const seconds = secondsIn(text);
  const wantsEnergy = /\b(?:how much|what|wie ?viel)\s+(?:energy|heat|energie|electricity)\b|\bk?wh\b/i.test(text);
  const wantsPower =
    /\b(?:how much|what|which|wie ?viel|welche)\s+(?:power|leistung|wattage)\b|how many (?:k?w|(?:kilo)?watts?)\b/i.test(
      text,
    );
  const wantsTime = power !== null && !wantsEnergy;
  if (!wantsTime && !wantsEnergy && !wantsPower && !/how long|time|wie lange/i.test(text)) return null;
  const heating = readHeating(text);
  if (heating === null) return null;
  if (typeof heating === "string") return sayStep(0.93, heating);
  if (wantsTime && power !== null) return timeStep(heating, power);
  if (wantsPower && seconds !== null) return powerStep(heating, seconds);
  if (wantsEnergy) return energyStep(heating);
  return sayStep(
    0.92,
    'Say how strong the heater is, for example: "how long does 2 kW need to boil 1.5 l of water from 15 °C".',
  );
}

/** Null where no amount is named; a sentence where the question cannot be worked out. */
function readHeating(text: string): Heating | string | null {
  const amount = quantity(text, "volume") ?? quantity(text, "mass");
  if (amount === null) return null;
  const perUnit = WATER_MASS[amount.unit];
  if (perUnit === undefined) return null;
  const stuff = /\b(?:of|von)\s+(?!water|wasser)(\p{L}+)/iu.exec(text)?.[1];
  if (
    stuff !== undefined &&
    /\b(?:milk|oil|air|steel|iron|copper|soup|beer|wine|alcohol|tea|coffee|milch|öl)\b/i.test(stuff)
  ) {
    return `I have the heat capacity of water only, not of ${stuff.toLowerCase()}. With its value in J/(kg K), calculate: mass * capacity * rise / power.`;
  }
  const range = temperatures(text);
  if (range === null) return "Say from which to which temperature, for example: from 15 to 100 °C.";
  const kilograms = amount.value * perUnit;
  const said = written(digits(amount.value), amount.unit);
  const efficiency = /(\d+(?:\.\d+)?)\s*%\s*(?:efficien|wirkungsgrad)|efficiency (?:of )?(\d+(?:\.\d+)?)\s*%/i.exec(
    text,
  );
  return {
    amount: said,
    massNote:
      amount.unit === "kg"
        ? ""
        : `${said} of water weighs ${digits(kilograms, 4)} kg${amount.dimension === "volume" ? " (1 kg a litre)" : ""}.`,
    kilograms,
    rise: range.rise,
    range: range.range,
    notes: range.notes,
    efficiency: efficiency === null ? null : Number(efficiency[1] ?? efficiency[2]),
  };
}

interface Measured {
  readonly value: number;
  readonly unit: string;
  readonly dimension: string;
}

function quantity(text: string, dimension: "power" | "volume" | "mass"): Measured | null {
  for (const match of text.matchAll(/(\d+(?:\.\d+)?)[\s-]*(\p{L}+(?:[- ]ounces?)?\d?)/gu)) {
    const unit = findUnit((match[2] ?? "").replace(" ", "-")) ?? findUnit((match[2] ?? "").split(" ")[0] ?? "");
    if (unit?.dimension === dimension) return { value: Number(match[1]), unit: unit.name, dimension };
  }
  return null;
}

function secondsIn(text: string): number | null {
  let seconds = 0;
  for (const [, value, word] of text.matchAll(/(\d+(?:\.\d+)?)\s*(\p{L}+)/gu)) {
    const factor = { s: 1, minute: 60, h: 3600 }[findUnit(word ?? "")?.name ?? ""];
    if (factor !== undefined) seconds += Number(value) * factor;
  }
  return seconds === 0 ? null : seconds;
}

const DEGREE = "\\s*(?:°|degrees?|grad)?\\s*(c|f|celsius|fahrenheit)?\\b";
const FROM_TO = new RegExp(
  `\\b(?:from|von)\\s+(-?\\d+(?:\\.\\d+)?)${DEGREE}\\s*(?:to|up to|auf|bis)\\s+(-?\\d+(?:\\.\\d+)?)${DEGREE}`,
  "i",
);
const FROM = new RegExp(
  `\\b(?:from|von|at|starting at)\\s+(-?\\d+(?:\\.\\d+)?)\\s*(?:°|degrees?|grad)?\\s*(c|f|celsius|fahrenheit|degrees?|°|$|(?=\\s|$))`,
  "i",
);
const TO = new RegExp(
  `\\b(?:to|auf)\\s+(-?\\d+(?:\\.\\d+)?)\\s*(?:°|degrees?|grad)?\\s*(c|f|celsius|fahrenheit)?(?![\\p{L}\\d])`,
  "iu",
);
const BY = /\b(?:by|um)\s+(\d+(?:\.\d+)?)\s*(?:°|degrees?|grad|k(?:elvin)?\b)\s*(c|f|celsius|fahrenheit)?/i;

function temperatures(text: string): Pick<Heating, "rise" | "range" | "notes"> | null {
  const isFahrenheit = /\d\s*(?:°|degrees?|grad)?\s*(?:f|fahrenheit)(?![\p{L}])/iu.test(text);
  const sign = isFahrenheit ? "°F" : "°C";
  const by = BY.exec(text);
  if (by?.[1] !== undefined) return { rise: inKelvin(by[1], isFahrenheit), range: `by ${by[1]} ${sign}`, notes: [] };
  const both = FROM_TO.exec(text);
  const boils = /\b(?:boil\w*|kochen)\b/i.test(text);
  const from = both?.[1] ?? FROM.exec(text)?.[1];
  const to = both?.[3] ?? TO.exec(text)?.[1] ?? (boils ? String(isFahrenheit ? 212 : BOILING_C) : undefined);
  if (to === undefined) return null;
  const notes =
    from === undefined
      ? [`No starting temperature was given, so it starts at ${isFahrenheit ? 68 : ROOM_C} ${sign}.`]
      : [];
  const start = from ?? String(isFahrenheit ? 68 : ROOM_C);
  if (Number(to) <= Number(start)) return null;
  return { rise: inKelvin(`(${to} - ${start})`, isFahrenheit), range: `from ${start} to ${to} ${sign}`, notes };
}

function inKelvin(rise: string, isFahrenheit: boolean): string {
  return isFahrenheit ? `${rise} * 5 / 9 K` : `${rise} K`;
}

function energyFormula(heating: Heating): string {
  const needed = `${digits(heating.kilograms)} kg * ${WATER_HEAT} J/(kg K) * ${heating.rise}`;
  return heating.efficiency === null ? needed : `${needed} / (${digits(heating.efficiency / 100)})`;
}

function timeStep(heating: Heating, power: Measured): Step {
  const rated = `${digits(power.value)} ${power.unit}`;
  return callStep(
    { confidence: 0.98 },
    () => [calculate(`${energyFormula(heating)} / (${rated}) to s`)],
    ([done]) => {
      const seconds = numberOf(done);
      const time = seconds === null ? (done === undefined ? "?" : resultOf(done)) : duration(seconds);
      return worked(
        `About **${time}** ${losses(heating)}, for ${heating.amount} of water ${heating.range} with ${rated}.`,
        heating,
        done,
      );
    },
  );
}

function energyStep(heating: Heating): Step {
  return callStep(
    { confidence: 0.97 },
    () => [calculate(`${energyFormula(heating)} to kWh`)],
    ([done]) => {
      const energy = numberOf(done);
      const text = energy === null ? (done === undefined ? "?" : resultOf(done)) : `${rounded(energy)} kWh`;
      return worked(
        `About **${text}** ${losses(heating)}, for ${heating.amount} of water ${heating.range}.`,
        heating,
        done,
      );
    },
  );
}

function powerStep(heating: Heating, seconds: number): Step {
  return callStep(
    { confidence: 0.97 },
    () => [calculate(`${energyFormula(heating)} / (${digits(seconds)} s) to kW`)],
    ([done]) => {
      const power = numberOf(done);
      const text = power === null ? (done === undefined ? "?" : resultOf(done)) : `${rounded(power)} kW`;
      return worked(
        `About **${text}** ${losses(heating)}, for ${heating.amount} of water ${heating.range} in ${duration(seconds)}.`,
        heating,
        done,
      );
    },
  );
}

function losses(heating: Heating): string {
  return heating.efficiency === null ? "if no heat is lost" : `at ${digits(heating.efficiency)} % efficiency`;
}

function worked(sentence: string, heating: Heating, done: Done | undefined): string {
  const expression = done === undefined ? "" : `${expressionOf(done)} = ${resultOf(done)}`;
  const notes = [heating.massNote, ...heating.notes, `Water takes ${WATER_HEAT} J to warm 1 kg by 1 K.`].filter(
    (note) => note !== "",
  );
  return [sentence, notes.join(" "), expression].filter((line) => line !== "").join("\n\n");
}
