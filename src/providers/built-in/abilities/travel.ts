import {
  calculate,
  duration,
  expressionOf,
  money,
  numberOf,
  resultOf,
  rounded,
} from "#providers/built-in/calculation.ts";
import { digits, normaliseNumbers } from "#providers/built-in/numbers.ts";
import type { Ability, Done, Step } from "#providers/built-in/step.ts";
import { callStep } from "#providers/built-in/step.ts";
import type { Unit } from "#providers/built-in/units.ts";
import { findUnit, unitAfter, written } from "#providers/built-in/units.ts";

export const travel: Ability = {
  id: "travel",
  about: "Time, distance, speed and fuel of a journey",
  examples: [
    "how long does it take to drive 350 km at 100 km/h",
    "how much fuel for 450 km at 7.5 l/100km and 1.80 per litre",
    "average speed for 42 km in 3 h 30 min",
  ],
  words:
    "travel drive distance speed time fuel consumption petrol diesel journey trip mpg far fahren strecke verbrauch",
  match: (clause) => {
    const text = normaliseNumbers(clause.text);
    if (!/\d/.test(text)) return null;
    return fuelStep(text) ?? journeyStep(text);
  },
};

interface Quantity {
  readonly value: number;
  readonly unit: string;
}

const QUANTITY =
  /(\d+(?:\.\d+)?)\s*((?:k?m|mi(?:les?)?|kilomet(?:er|re)s?|met(?:er|re)s?|ft|feet)\s*(?:\/|per|an?|pro)\s*(?:h(?:ou)?r?s?|s(?:ec(?:ond)?s?)?|stunde)(?![\p{L}])|\p{L}+)/giu;

/** The quantities of a kind in the text, in order. */
function quantities(text: string, dimension: "length" | "time" | "speed"): readonly Quantity[] {
  return [...text.matchAll(QUANTITY)].flatMap(([, value, word = ""]) => {
    const unit = unitOf(word);
    return unit?.dimension === dimension ? [{ value: Number(value), unit: unit.name }] : [];
  });
}

function unitOf(word: string): Unit | undefined {
  const [over, under] = word.split(/\s*(?:\/|\bper\b|\ban?\b|\bpro\b)\s*/i);
  if (over === undefined || under === undefined) return findUnit(word);
  const [length, time] = [findUnit(over), findUnit(under)];
  if (length === undefined || time === undefined) return undefined;
  return { name: `${length.name}/${time.name}`, dimension: "speed" };
}

const formula = ({ value, unit }: Quantity): string => `${digits(value)} ${unitAfter(digits(value), unit)}`;
const sum = (parts: readonly Quantity[]): string =>
  parts.length === 1 ? parts.map(formula).join("") : `(${parts.map(formula).join(" + ")})`;
const said = (quantity: Quantity): string => written(digits(quantity.value), quantity.unit);
const saidAll = (parts: readonly Quantity[]): string => parts.map(said).join(" ");

function journeyStep(text: string): Step | null {
  const asks =
    /\b(?:drive|cycle|bike|walk|run|travel|fly|swim|ride|go|get|cover|journey|trip|distance|far|speed|pace|fast|fahren|fahre|laufen|weit|schnell|geschwindigkeit)\b/i.test(
      text,
    );
  if (!asks) return null;
  const speed = quantities(text, "speed")[0];
  const times = quantities(text, "time");
  const distance = quantities(text, "length")[0];
  if (distance !== undefined && speed !== undefined && times.length === 0) return timeStep(distance, speed);
  if (speed !== undefined && times.length > 0 && distance === undefined) return distanceStep(speed, times);
  if (distance !== undefined && times.length > 0 && speed === undefined) return speedStep(distance, times, text);
  return null;
}

/** One calculation and a sentence about its number, with the working under it. */
function sentenceStep(confidence: number, expression: string, sentence: (value: number) => string): Step {
  return callStep(
    { confidence },
    () => [calculate(expression)],
    ([done]) => {
      const value = numberOf(done);
      return worked(value === null ? "" : sentence(value), done);
    },
  );
}

function timeStep(distance: Quantity, speed: Quantity): Step {
  const expression = `${formula(distance)} / (${formula(speed)}) to s`;
  return sentenceStep(0.9, expression, (seconds) => {
    return `**${duration(seconds)}** for ${said(distance)} at ${said(speed)}, without stops.`;
  });
}

function distanceStep(speed: Quantity, times: readonly Quantity[]): Step {
  const unit = speed.unit.startsWith("knot") ? "km" : (speed.unit.split("/")[0] ?? "km");
  return sentenceStep(0.9, `${formula(speed)} * ${sum(times)} to ${unitAfter("", unit)}`, (length) => {
    return `**${written(rounded(length), unit)}** in ${saidAll(times)} at ${said(speed)}.`;
  });
}

function speedStep(distance: Quantity, times: readonly Quantity[], text: string): Step {
  const journey = `for ${said(distance)} in ${saidAll(times)}`;
  if (/\bpace\b/i.test(text)) {
    return sentenceStep(0.9, `${sum(times)} / ${digits(distance.value)} to s`, (seconds) => {
      return `**${duration(seconds)} per ${distance.unit}** ${journey}.`;
    });
  }
  const isShort = distance.unit === "m" || distance.unit === "foot";
  const unit = isShort ? `${distance.unit}/s` : distance.unit === "mile" ? "mile/h" : "km/h";
  return sentenceStep(0.9, `${formula(distance)} / ${sum(times)} to ${unit}`, (speed) => {
    return `**${written(rounded(speed), unit)}** on average, ${journey}.`;
  });
}

const PER_100 = /(\d+(?:\.\d+)?)\s*(?:l|lit(?:er|re)s?)\s*(?:\/|per|pro|auf|on|je)\s*100\s*(?:km|kilomet(?:er|re)s?)?/i;
const MPG = /(\d+(?:\.\d+)?)\s*(?:mpg|miles (?:per|to the) gallon)/i;
const PRICE =
  /([$€£])?\s*(\d+(?:\.\d+)?)\s*([$€£]|eur|euros?|usd|dollars?)?\s*(?:\/|per|a|pro|je)\s*(?:l|lit(?:er|re)|gal(?:lon)?)\b/i;

function fuelStep(text: string): Step | null {
  const used = consumptionStep(text);
  if (used !== null) return used;
  const per100 = PER_100.exec(text);
  const mpg = MPG.exec(text);
  if (per100 === null && mpg === null) return null;
  const rest = text.replace(PER_100, " ").replace(MPG, " ");
  const price = PRICE.exec(rest);
  const distance = quantities(rest, "length")[0];
  if (distance === undefined) return null;
  const unit = per100 === null ? "gallon" : "l";
  const perDistance =
    per100 === null ? `/ (${digits(Number(mpg?.[1]))} mile/gallon)` : `* ${digits(Number(per100[1]))} l / (100 km)`;
  const fuel = `${formula(distance)} ${perDistance}`;
  const cost = price?.[2] === undefined ? [] : [calculate(`(${fuel}) * ${digits(Number(price[2]))} / (1 ${unit})`)];
  const currency = price?.[1] ?? price?.[3] ?? "";
  return callStep(
    { confidence: 0.97 },
    () => [calculate(`${fuel} to ${unitAfter("", unit)}`), ...cost],
    ([needed, paid]) => {
      const amount = numberOf(needed);
      const paying = paid === undefined ? "" : `, costing **${money(numberOf(paid), currency)}**`;
      const line =
        amount === null ? "" : `**${written(rounded(amount), unit)}** of fuel for ${said(distance)}${paying}.`;
      return [worked(line, needed), worked("", paid)].filter((part) => part !== "").join("\n\n");
    },
  );
}

/** "consumption with 38 l for 520 km" */
function consumptionStep(text: string): Step | null {
  if (!/\b(?:consumption|verbrauch|l(?:itres?)? ?(?:\/|per) ?100)\b/i.test(text)) return null;
  const litres = /(\d+(?:\.\d+)?)\s*(?:l|lit(?:er|re)s?)\b(?!\s*(?:\/|per|pro))/i.exec(text)?.[1];
  const km = /(\d+(?:\.\d+)?)\s*(?:km|kilomet(?:er|re)s?)\b/i.exec(text.replace(/100\s*km/i, " "))?.[1] ?? null;
  if (litres === undefined || km === null || PER_100.test(text)) return null;
  return sentenceStep(0.97, `${digits(Number(litres))} / ${digits(Number(km))} * 100`, (value) => {
    return `**${rounded(value)} l/100 km** for ${litres} l on ${km} km.`;
  });
}

function worked(line: string, done: Done | undefined): string {
  if (done === undefined) return line;
  const working = `${expressionOf(done)} = ${resultOf(done)}`;
  return line === "" ? working : `${line}\n\n${working}`;
}
