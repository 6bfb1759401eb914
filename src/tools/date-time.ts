import * as v from "valibot";
import type { JsonObject } from "#domain/json.ts";
import type { ToolOutput } from "#domain/tool-call.ts";
import { dateText, isoText, momentText, weekdayName, zoneText } from "./date-format.ts";
import type { ReadingContext, ReadMoment } from "./date-reading.ts";
import { momentOf, readMoment } from "./date-reading.ts";
import { defineTool, ToolRefusal } from "./define-tool.ts";
import { durationText, readDuration } from "./duration-reading.ts";
import { loadTemporal } from "./temporal.ts";
import type { ToolContext } from "./tool.ts";
import { requireZone } from "./time-zones.ts";

const input = v.pipe(
  v.strictObject({
    action: v.picklist(["now", "convert", "add", "difference", "weekday"]),
    when: v.optional(v.string()),
    timeZone: v.optional(v.string()),
    fromZone: v.optional(v.string()),
    toZone: v.optional(v.string()),
    duration: v.optional(v.string()),
    from: v.optional(v.string()),
    to: v.optional(v.string()),
  }),
  v.check((call) => call.action !== "convert" || call.toZone !== undefined, 'the action "convert" needs "toZone".'),
  v.check((call) => call.action !== "add" || call.duration !== undefined, 'the action "add" needs "duration".'),
  v.check(
    (call) => call.action !== "difference" || (call.from !== undefined && call.to !== undefined),
    'the action "difference" needs "from" and "to"; either may be "now".',
  ),
);

type Call = v.InferOutput<typeof input>;

export const dateTime = defineTool("date_time", {
  input,
  run: async (call, context) => {
    try {
      return await answer(call, context);
    } catch (error) {
      // Beyond the years ±271821 there are no dates to reckon with.
      if (error instanceof RangeError) throw new ToolRefusal("That leads to a date too far away to reckon with.");
      throw error;
    }
  },
});

async function answer(call: Call, context: ToolContext): Promise<ToolOutput> {
  const temporal = await loadTemporal();
  const zone = requireZone(call.fromZone ?? call.timeZone ?? context.timeZone);
  const reading = { temporal, now: context.now(), zone };
  switch (call.action) {
    case "now":
      return now(call, reading);
    case "convert":
      return convert(await readMoment(call.when ?? "now", reading), requireZone(call.toZone ?? ""), call.when ?? "now");
    case "add":
      return add(await readMoment(call.when ?? "now", reading), call.duration ?? "", call.when ?? "now");
    case "difference":
      return difference(
        await readMoment(call.from ?? "", reading),
        await readMoment(call.to ?? "", reading),
        isNow(call.from) || isNow(call.to),
      );
    case "weekday":
      return weekday(await readMoment(call.when ?? "today", reading));
  }
}

function output(result: string, value: JsonObject, lines: readonly string[]): ToolOutput {
  return {
    ok: true,
    text: [result, ...lines.filter((line) => line !== result)].join("\n"),
    value: { result, ...value },
    view: { kind: "working", lines, result },
  };
}

function now(call: Call, { temporal, now: at, zone }: ReadingContext): ToolOutput {
  const moment = momentOf(temporal, at, zone.id).round({ smallestUnit: "second", roundingMode: "floor" });
  const result = momentText(moment, call.timeZone === undefined ? zone.id : zone.label);
  return output(result, { iso: isoText(moment), timeZone: zone.id }, [momentText(moment.withTimeZone("UTC"))]);
}

function convert(moment: ReadMoment, target: ReturnType<typeof requireZone>, written: string): ToolOutput {
  const there = moment.at.withTimeZone(target.id);
  const result = momentText(there, target.label);
  const lines = [
    readAs(written, moment, true),
    ...moment.notes,
    `= ${momentText(moment.at.withTimeZone("UTC"))}`,
    `= ${result}`,
    aheadText(target.label, there.offsetNanoseconds - moment.at.offsetNanoseconds, moment.zone.label),
  ];
  return output(result, { iso: isoText(there), timeZone: target.id, fromIso: isoText(moment.at) }, lines);
}

function aheadText(place: string, nanoseconds: number, other: string): string {
  const minutes = Math.round(nanoseconds / 60e9);
  if (minutes === 0) return `${place} has the same time as ${other}.`;
  const size = { hours: Math.floor(Math.abs(minutes) / 60), minutes: Math.abs(minutes) % 60 };
  return `${place} is ${durationText(size)} ${minutes > 0 ? "ahead of" : "behind"} ${other} then.`;
}

function readAs(written: string, moment: ReadMoment, hasTime = !moment.isDateOnly): string {
  const text = hasTime ? momentText(moment.at, moment.zone.label) : dateText(moment.at);
  return `“${written}” is ${text}`;
}

function add(moment: ReadMoment, written: string, when: string): ToolOutput {
  const duration = readDuration(written);
  const isByDays = moment.isDateOnly && duration.hours === 0 && duration.minutes === 0 && duration.seconds === 0;
  const end = moment.at.add(withWholeSeconds(duration));
  const result = isByDays ? dateText(end) : momentText(end, moment.zone.label);
  const isBack = Object.values(duration).some((count) => count < 0);
  const lines = [
    readAs(when, moment, !isByDays),
    ...moment.notes,
    `${isBack ? "−" : "+"} ${durationText(duration)}`,
    `= ${result}`,
  ];
  if (!isByDays && end.offset !== moment.at.offset) {
    lines.push(
      `The clocks change in between: from ${zoneText(moment.at)} to ${zoneText(end)}. Days are counted by the calendar, hours by the clock.`,
    );
  }
  return output(result, { iso: isByDays ? end.toPlainDate().toString() : isoText(end) }, lines);
}

/** Temporal takes whole numbers only. */
function withWholeSeconds(duration: ReturnType<typeof readDuration>) {
  const seconds = Math.trunc(duration.seconds);
  return { ...duration, seconds, milliseconds: Math.round((duration.seconds - seconds) * 1000) };
}

function isNow(written: string | undefined): boolean {
  return written?.trim().toLowerCase() === "now";
}

/** Between days by the calendar; "from now to 24 December" asks for days too. Else by the clock. */
function difference(from: ReadMoment, to: ReadMoment, hasNow: boolean): ToolOutput {
  const isByDays = (from.isDateOnly || hasNow) && (to.isDateOnly || hasNow) && (from.isDateOnly || to.isDateOnly);
  const [start, end] = [from.at, to.at.withTimeZone(from.at.timeZoneId)];
  const days = start.toPlainDate().until(end.toPlainDate(), { largestUnit: "days" }).days;
  const calendar = isByDays
    ? start.toPlainDate().until(end.toPlainDate(), { largestUnit: "years" })
    : start.until(end, { largestUnit: "years", smallestUnit: "seconds" });
  const seconds = Math.round((to.at.epochMilliseconds - from.at.epochMilliseconds) / 1000);
  const clock = start.until(end, { largestUnit: "days", smallestUnit: "seconds" });
  const size = isByDays ? durationText({ days }) : durationText(clock);
  const result = `${size}${calendar.sign < 0 ? " back" : ""}`;
  const inWords = durationText(calendar);
  const weeks = Math.trunc(Math.abs(days) / 7);
  const lines = [
    `from ${isByDays ? dateText(start) : momentText(start, from.zone.label)}`,
    `to ${isByDays ? dateText(to.at) : momentText(to.at, to.zone.label)}`,
    ...from.notes,
    ...to.notes,
    ...(inWords === size ? [] : [`= ${inWords}`]),
    ...(isByDays && weeks > 0 ? [`= ${durationText({ weeks, days: Math.abs(days) % 7 })}`] : []),
    ...(isByDays
      ? []
      : [`= ${(Math.abs(seconds) / 3600).toLocaleString("en-US", { maximumFractionDigits: 2 })} hours`]),
  ];
  return output(result, { iso: calendar.toString(), days, seconds }, lines);
}

function weekday({ at, notes }: ReadMoment): ToolOutput {
  const name = weekdayName(at.dayOfWeek);
  const { weekOfYear, yearOfWeek } = at;
  const week = `Week ${String(weekOfYear ?? "")} of ${String(yearOfWeek ?? at.year)} (ISO 8601)`;
  const day = `Day ${String(at.dayOfYear)} of ${String(at.daysInYear)}${at.inLeapYear ? ", a leap year" : ""}`;
  const value = { iso: at.toPlainDate().toString(), weekday: name, week: weekOfYear ?? null, dayOfYear: at.dayOfYear };
  return output(dateText(at), value, [dateText(at), week, day, ...notes]);
}
