import * as fc from "fast-check";
import { expect, test } from "vitest";

import { readId } from "#domain/ids.ts";
import { formatRoute, parseRoute, routeOfQuery } from "#shell/routes.ts";
import type { Route } from "#ui/ports.ts";

const wellFormed = fc.string({ unit: "binary" }).map((text) => text.toWellFormed());
const routes: fc.Arbitrary<Route> = fc.oneof(
  fc.record({
    kind: fc.constant("session" as const),
    sessionId: fc.stringMatching(/^[A-Za-z0-9._:-]{1,128}$/).map((text) => readId(text) as never),
    turnSeq: fc.option(fc.integer({ min: 1 })),
  }),
  fc.record({ kind: fc.constant("new" as const), text: fc.option(wellFormed) }),
  fc.record({
    kind: fc.constant("settings" as const),
    section: fc.option(wellFormed.filter((text) => text !== "")),
  }),
  fc.constant({ kind: "connect" as const }),
);

test("[P2] every route reads back from its address as it was", () => {
  fc.assert(
    fc.property(routes, (route) => {
      expect(parseRoute(formatRoute(route))).toEqual(route);
    }),
  );
});

test("[V4] no fragment throws, and whatever is read from one is the same when it is written and read again", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `#/${text}`),
        fc.webUrl(),
      ),
      (fragment) => {
        const route = parseRoute(fragment);
        expect(route === null ? null : parseRoute(formatRoute(route))).toEqual(route);
      },
    ),
  );
});

test("[V4] half a surrogate pair in a text does not throw", () => {
  expect(formatRoute({ kind: "new", text: "a\ud800b" })).toBe("#/try?text=a%EF%BF%BDb");
});

test("addresses as people and other programs write them", () => {
  expect(parseRoute("#/s/abc?turn=3")).toEqual({ kind: "session", sessionId: "abc", turnSeq: 3 });
  expect(parseRoute("#/s/abc/")).toEqual({ kind: "session", sessionId: "abc", turnSeq: null });
  expect(parseRoute("#/s/abc?turn=-1")).toEqual({ kind: "session", sessionId: "abc", turnSeq: null });
  expect(parseRoute("#/try?text=2+kW%3F")).toEqual({ kind: "new", text: "2 kW?" });
  expect(parseRoute("#/try?text=100%")).toEqual({ kind: "new", text: "100%" });
  expect(parseRoute("#/settings/models")).toEqual({ kind: "settings", section: "models" });
  const foreign = ["", "#", "#/", "#transcript", "#/s", "#/s/a b", "#/s/a/b", "#/nowhere", "#/connect/x"];
  expect(foreign.filter((fragment) => parseRoute(fragment) !== null)).toEqual([]);
});

test("the installed app's shortcut and a share arrive as a query", () => {
  expect(routeOfQuery("?new")).toEqual({ kind: "new", text: null });
  expect(routeOfQuery("?title=A&text=B&url=https%3A%2F%2Fc.example")).toEqual({
    kind: "new",
    text: "A\nB\nhttps://c.example",
  });
  expect(routeOfQuery("?utm_source=homescreen")).toBeNull();
});
