import { describe, expect, test } from "vitest";
import type { SeenCall } from "./driver.ts";
import { ask } from "./driver.ts";

/** What people write → every call of the plan, in order. The tools' results are stand-ins: see the driver. */
const UTTERANCES: readonly (readonly [said: string, calls: readonly SeenCall[]])[] = [
  ["what time is it in Tokyo", [["date_time", { action: "now", timeZone: "Tokyo" }]]],
  [
    "15:00 Berlin in New York",
    [["date_time", { action: "convert", when: "15:00", fromZone: "Berlin", toZone: "New York" }]],
  ],
  ["days until 24 December", [["date_time", { action: "difference", from: "today", to: "24 December" }]]],
  ["3 weeks after 2 May", [["date_time", { action: "add", when: "2 May", duration: "3 weeks" }]]],
  ["what weekday is 1 January 2030", [["date_time", { action: "weekday", when: "1 January 2030" }]]],
  ["how many days between 1 May and 3 June", [["date_time", { action: "difference", from: "1 May", to: "3 June" }]]],
  ["what is the date in 3 weeks", [["date_time", { action: "add", when: "today", duration: "3 weeks" }]]],
  [
    "3pm London in Tokyo time",
    [["date_time", { action: "convert", when: "3pm", fromZone: "London", toZone: "Tokyo" }]],
  ],
  [
    "when it's 15:00 in Berlin what time is it in Tokyo",
    [["date_time", { action: "convert", when: "15:00", fromZone: "Berlin", toZone: "Tokyo" }]],
  ],
  ["what day is it", [["date_time", { action: "now" }]]],
  ["what time is it", [["date_time", { action: "now" }]]],
  ["how long until christmas", [["date_time", { action: "difference", from: "today", to: "25 December" }]]],
  ["2 weeks ago", [["date_time", { action: "add", when: "today", duration: "-2 weeks" }]]],
  ["90 days from today", [["date_time", { action: "add", when: "today", duration: "90 days" }]]],
  ["wie spät ist es in Tokio", [["date_time", { action: "now", timeZone: "Tokio" }]]],
  ["wie viele Tage bis 24. Dezember", [["date_time", { action: "difference", from: "today", to: "24. Dezember" }]]],
  ["how old is someone born on 3 May 1990", [["date_time", { action: "difference", from: "3 May 1990", to: "today" }]]],
  [
    "how many weeks since 1 January 2024",
    [["date_time", { action: "difference", from: "1 January 2024", to: "today" }]],
  ],
  ["time in London", [["date_time", { action: "now", timeZone: "London" }]]],
  ["what's the time in New York right now", [["date_time", { action: "now", timeZone: "New York" }]]],
  ["time in UTC", [["date_time", { action: "now", timeZone: "UTC" }]]],
  ["what date is today", [["date_time", { action: "now" }]]],
  ["today's date", [["date_time", { action: "now" }]]],
  ["what day of the week is 4 July 2026", [["date_time", { action: "weekday", when: "4 July 2026" }]]],
  ["was 9 November 1989 a thursday", [["date_time", { action: "weekday", when: "9 November 1989" }]]],
  ["how many days until Christmas", [["date_time", { action: "difference", from: "today", to: "25 December" }]]],
  ["how many days since 1 Jan 2020", [["date_time", { action: "difference", from: "1 Jan 2020", to: "today" }]]],
  [
    "weeks between 1 March 2025 and 1 June 2025",
    [["date_time", { action: "difference", from: "1 March 2025", to: "1 June 2025" }]],
  ],
  ["10 days before 1 May", [["date_time", { action: "add", when: "1 May", duration: "-10 days" }]]],
  ["what is 3 months after 31 January", [["date_time", { action: "add", when: "31 January", duration: "3 months" }]]],
  ["date in 90 days", [["date_time", { action: "add", when: "today", duration: "90 days" }]]],
  ["now plus 90 minutes", [["date_time", { action: "add", when: "now", duration: "90 minutes" }]]],
  [
    "what time is it in Los Angeles when it is 9am in Berlin",
    [["date_time", { action: "convert", when: "9am", fromZone: "Berlin", toZone: "Los Angeles" }]],
  ],
  ["convert 3 pm PST to CET", [["date_time", { action: "convert", when: "3 pm", fromZone: "PST", toZone: "CET" }]]],
  ["9:30 UTC in Sydney", [["date_time", { action: "convert", when: "9:30", fromZone: "UTC", toZone: "Sydney" }]]],
  ["when is next friday", [["date_time", { action: "weekday", when: "next friday" }]]],
  ["how long until 31 December 2030", [["date_time", { action: "difference", from: "today", to: "31 December 2030" }]]],
  ["wie spät ist es in Berlin", [["date_time", { action: "now", timeZone: "Berlin" }]]],
  ["what will the date be in 2 weeks", [["date_time", { action: "add", when: "today", duration: "2 weeks" }]]],
  [
    "7pm in Paris to Chicago time",
    [["date_time", { action: "convert", when: "7pm", fromZone: "Paris", toZone: "Chicago" }]],
  ],
  ["4 hours from now", [["date_time", { action: "add", when: "now", duration: "4 hours" }]]],
  [
    "wie viele Tage seit 1. Januar 2024",
    [["date_time", { action: "difference", from: "1. Januar 2024", to: "today" }]],
  ],
];

describe("the built-in agent reads dates and times", () => {
  test.each(UTTERANCES)("%j", async (said, calls) => {
    expect((await ask(said)).calls).toEqual(calls);
  });
});
