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
import { findUnit } from "#providers/built-in/units.ts";

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

const written = (quantity: Quantity): string => `${digits(quantity.value)} ${quantity.unit}`;
const summed = (parts: readonly Quantity[]): string => parts.map(written).join(" + ");

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

function timeStep(distance: Quantity, speed: Quantity): Step {
  return callStep(
    { confidence: 0.9 },
    () => [calculate(`${written(distance)} / (${written(speed)}) to s`)],
    ([done]) => {
      const seconds = numberOf(done);
      return worked(
        seconds === null
          ? null
          : `**${duration(seconds)}** for ${written(distance)} at ${written(speed)}, without stops.`,
        done,
      );
    },
  );
}

function distanceStep(speed: Quantity, times: readonly Quantity[]): Step {
  const unit = speed.unit.startsWith("m/") ? "m" : (speed.unit.split("/")[0] ?? "km");
  const target = speed.unit.startsWith("knot") ? "km" : unit;
  const time = times.length > 1 ? `(${summed(times)})` : summed(times);
  return callStep(
    { confidence: 0.9 },
    () => [calculate(`${written(speed)} * ${time} to ${target}`)],
    ([done]) => {
      const length = numberOf(done);
      return worked(
        length === null ? null : `**${rounded(length)} ${target}** in ${summed(times)} at ${written(speed)}.`,
        done,
      );
    },
  );
}

function speedStep(distance: Quantity, times: readonly Quantity[], text: string): Step {
  const isPace = /\bpace\b/i.test(text);
  const long =
    distance.unit === "mile" ? "mile" : distance.unit === "m" || distance.unit === "foot" ? distance.unit : "km";
  const expression = isPace
    ? `(${summed(times)}) / (${digits(distance.value)}) to s`
    : `${written(distance)} / (${summed(times)}) to ${long === "m" || long === "foot" ? `${long}/s` : `${long}/hour`}`;
  return callStep(
    { confidence: 0.9 },
    () => [calculate(expression)],
    ([done]) => {
      const value = numberOf(done);
      if (value === null) return worked(null, done);
      if (isPace)
        return worked(
          `**${duration(value)} per ${distance.unit}** for ${written(distance)} in ${summed(times)}.`,
          done,
        );
      const unit = long === "mile" ? "mph" : long === "km" ? "km/h" : `${long}/s`;
      return worked(`**${rounded(value)} ${unit}** on average, for ${written(distance)} in ${summed(times)}.`, done);
    },
  );
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
  const rate =
    per100 === null ? `(${digits(Number(mpg?.[1]))} mile/gallon)` : `${digits(Number(per100[1]))} l / (100 km)`;
  const fuel = per100 === null ? `${written(distance)} / ${rate} to gallon` : `${written(distance)} * ${rate} to l`;
  const cost =
    price?.[2] === undefined
      ? []
      : [calculate(`(${fuel.replace(/ to \w+$/, "")}) * ${digits(Number(price[2]))} / (1 ${unit})`)];
  return callStep(
    { confidence: 0.97 },
    () => [calculate(fuel), ...cost],
    ([needed, paid]) => {
      const amount = numberOf(needed);
      const sum = paid === undefined ? "" : `, costing **${money(numberOf(paid), price?.[1] ?? price?.[3] ?? "")}**`;
      const line = amount === null ? null : `**${rounded(amount)} ${unit}** of fuel for ${written(distance)}${sum}.`;
      return [worked(line, needed), ...(paid === undefined ? [] : [worked("", paid)])].join("\n\n").trim();
    },
  );
}

/** "consumption with 38 l for 520 km" */
function consumptionStep(text: string): Step | null {
  if (!/\b(?:consumption|verbrauch|l(?:itres?)? ?(?:\/|per) ?100)\b/i.test(text)) return null;
  const litres = /(\d+(?:\.\d+)?)\s*(?:l|lit(?:er|re)s?)\b(?!\s*(?:\/|per|pro))/i.exec(text)?.[1];
  const km = /(\d+(?:\.\d+)?)\s*(?:km|kilomet(?:er|re)s?)\b/i.exec(text.replace(/100\s*km/i, " "))?.[1] ?? null;
  if (litres === undefined || km === null || PER_100.test(text)) return null;
  return callStep(
    { confidence: 0.97 },
    () => [calculate(`${digits(Number(litres))} / ${digits(Number(km))} * 100`)],
    ([done]) => {
      const value = numberOf(done);
      return worked(value === null ? null : `**${rounded(value)} l/100 km** for ${litres} l on ${km} km.`, done);
    },
  );
}

function worked(line: string | null, done: Done | undefined): string {
  if (done === undefined) return line ?? "";
  const working = `${expressionOf(done)} = ${resultOf(done)}`;
  return line === null || line === "" ? working : `${line}\n\n${working}`;
}
