import { beforeEach, expect, test } from "vitest";

import { listPendingApprovals, readApproval } from "#storage/approval-store.ts";
import type { Database } from "#storage/database.ts";
import { checkpoint, resolveApproval } from "#storage/save.ts";

import { acceptTurn, freshDatabase, id, plant, RUN, sampleApproval, sampleTurn, SESSION, T0 } from "./samples.ts";

let db: Database;
beforeEach(async () => {
  db = await freshDatabase();
  for (const [at, name] of [SESSION, "other"].entries()) {
    const sessionId = id<never>(name);
    await acceptTurn(db, sampleTurn({ sessionId }));
    const rows = [2, 1].map((step) =>
      sampleApproval({ id: id(`${name}-${step}`), sessionId, requestedAt: T0 + step * 10 - at }),
    );
    await checkpoint(db, { sessionId, token: 0, runId: RUN, events: [], approvals: { request: rows }, now: T0 });
  }
});

const pending = async (sessionId?: string) =>
  (await listPendingApprovals(db, sessionId === undefined ? undefined : id(sessionId))).map((row) => row.id);

test("[C6] what waits for a decision is found for one session or for all, oldest request first", async () => {
  expect(await pending(SESSION)).toEqual([`${SESSION}-1`, `${SESSION}-2`]);
  expect(await pending()).toEqual(["other-1", `${SESSION}-1`, "other-2", `${SESSION}-2`]);
  await resolveApproval(db, { id: id("other-1"), decision: "deny", at: T0 });
  expect(await pending("other")).toEqual(["other-2"]);
  expect((await readApproval(db, id("other-1")))?.decision).toBe("deny");
  expect(await readApproval(db, id("unknown"))).toBeNull();
});

test("[R3] an approval that cannot be read takes no other with it", async () => {
  await plant(db, "approvals", { ...sampleApproval({ id: id("broken") }), tool: 4, openIn: SESSION });
  expect(await pending(SESSION)).toHaveLength(2);
});
