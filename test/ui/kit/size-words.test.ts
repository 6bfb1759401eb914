import { expect, test } from "vitest";

import { sizeWords } from "#ui/kit/size-words.ts";

test("sizes have at most three digits and the unit that fits", () => {
  expect(sizeWords(0, "en-GB")).toBe("0 B");
  expect(sizeWords(999, "en-GB")).toBe("999 B");
  expect(sizeWords(1_200, "en-GB")).toBe("1.2 KB");
  expect(sizeWords(999_700, "en-GB")).toBe("1 MB");
  expect(sizeWords(18_200_000, "en-GB")).toBe("18.2 MB");
  expect(sizeWords(9_800_000_000, "de")).toBe("9,8 GB");
});
