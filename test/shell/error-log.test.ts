import { expect, test, vi } from "vitest";

import { watchErrors } from "#shell/error-log.ts";

function errorEvent(message: string): Event {
  return Object.assign(new Event("error", { cancelable: true }), { message });
}

test("an uncaught error is left to the browser to write, its repetitions are not written again", () => {
  const window = new EventTarget();
  const errors = watchErrors(window, vi.fn<(message: string, cause: unknown) => void>());
  const isWritten = (event: Event): boolean => window.dispatchEvent(event);
  expect(isWritten(errorEvent("a"))).toBe(true);
  expect(isWritten(errorEvent("a"))).toBe(false);
  expect(isWritten(errorEvent("b"))).toBe(true);
  const rejection = (): Event =>
    Object.assign(new Event("unhandledrejection", { cancelable: true }), { reason: new Error("c") });
  expect(isWritten(rejection())).toBe(true);
  expect(isWritten(rejection())).toBe(false);
  errors.release();
  expect(isWritten(errorEvent("a"))).toBe(true);
});

test("no error is swallowed, however many kinds there were before it", () => {
  const window = new EventTarget();
  watchErrors(window, vi.fn<(message: string, cause: unknown) => void>());
  for (let n = 0; n < 200; n++) expect(window.dispatchEvent(errorEvent(`error ${n}`))).toBe(true);
});

test("what is reported is written once", () => {
  const write = vi.fn<(message: string, cause: unknown) => void>();
  const errors = watchErrors(new EventTarget(), write);
  errors.report("It failed.", "why");
  errors.report("It failed.", "why");
  errors.report("It failed.", "another why");
  expect(write).toHaveBeenCalledTimes(2);
});
