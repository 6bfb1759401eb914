import * as fc from "fast-check";
import { describe, test } from "vitest";

import { calmStories, faultyStories } from "./story.ts";
import { tell } from "./tell.ts";

/** Stories of each kind. What a busy machine makes of them in time is its own affair: some 20 ms each on a free core. */
const RUNS = 700;
const ACTIONS = 14;
const PATIENCE = { timeout: 300_000 };

describe("whatever happens to a device", () => {
  test(
    "[S3] [W4] [R2] [C5] [T2] [Z3] what a person was promised is kept: tabs and workers die, the disk does not fail",
    PATIENCE,
    async () => {
      await fc.assert(fc.asyncProperty(calmStories(ACTIONS), tell), { numRuns: RUNS });
    },
  );

  test(
    "[S3] [W4] [W9] [C5] [T2] [Z3] what a person was promised is kept, although the disk fails in every way",
    PATIENCE,
    async () => {
      await fc.assert(fc.asyncProperty(faultyStories(ACTIONS), tell), { numRuns: RUNS });
    },
  );
});
