import { expect, test } from "vitest";

import { littleLeft } from "#ui/frame/space-left.ts";

const usage = (usedBytes: number | null, allowedBytes: number | null) => ({
  usedBytes,
  allowedBytes,
  isPersistent: null,
});

test("[W9] little space is below 50 MB or below a twentieth of what is allowed, whichever comes first", () => {
  expect(littleLeft(usage(10e6, 59e6))).toBe(49e6);
  expect(littleLeft(usage(10e6, 61e6))).toBeNull();
  expect(littleLeft(usage(96e9, 100e9))).toBe(4e9);
  expect(littleLeft(usage(94e9, 100e9))).toBeNull();
  expect(littleLeft(usage(70e6, 60e6))).toBe(0);
});

test("a browser that does not say how much is left gives no reason to worry", () => {
  expect(littleLeft(usage(null, 1))).toBeNull();
  expect(littleLeft(usage(1, null))).toBeNull();
});
