import { finishing, sending, streaming, tool } from "./answer-moments.ts";
import { migration, tornLog } from "./log-moments.ts";
import { approval, deleting, draft, queue, setting } from "./person-moments.ts";
import type { Moment } from "./plan.ts";
import type { Story } from "./story.ts";
import { twoTabs, update } from "./tab-moments.ts";

/** Something happens in a session of its own, is hit, and must be whole in the end. */
export const MOMENTS: Readonly<Record<Moment, (story: Story) => Promise<void>>> = {
  streaming,
  tool,
  sending,
  finishing,
  queue,
  approval,
  draft,
  deleting,
  setting,
  "two tabs": twoTabs,
  update,
  "torn log": tornLog,
  migration,
};
