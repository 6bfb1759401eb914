import { expect, test } from "vitest";

import { mintId, type DraftId, type SessionId } from "#domain/ids.ts";
import type { WorkerEvent } from "#protocol/events.ts";
import { openPageEndpoint } from "#protocol/endpoint.ts";
import { memoryChannel } from "#protocol/memory-endpoint.ts";
import { say, scriptedProvider } from "#providers/scripted.ts";
import { openWorld, type Tab } from "#test/helpers/memory-world.ts";

/** A second page of a tab's worker, as a shared worker has them; it shows the session. */
async function secondPage(tab: Tab, sessionId: SessionId) {
  const { page, worker } = memoryChannel();
  tab.host.connect(worker);
  const drafts: (string | null)[] = [];
  const snapshots: boolean[] = [];
  const event = (told: WorkerEvent) => {
    if (told.type === "snapshot") snapshots.push(told.snapshot.session !== null);
    if (told.type === "draft-changed") drafts.push(told.draft?.text ?? null);
  };
  const endpoint = openPageEndpoint(page, { event });
  await endpoint.call("attach-session", { sessionId });
  return { drafts, snapshots };
}

test("[D1] what is typed in one page of a worker is shown by its other pages, and gone there when it is sent", async () => {
  const world = openWorld({ provider: scriptedProvider([[{ type: "hang" }]]) });
  const tab = world.openTab();
  await tab.attach();
  const other = await secondPage(tab, world.session);
  const draft = {
    sessionId: world.session,
    id: mintId<DraftId>(() => "draft-1"),
    text: "half a thought",
    attachments: [],
    revision: 1,
    updatedAt: world.time.now(),
  };
  await tab.ask("save-draft", { draft });
  await tab.ask("save-draft", { draft: { ...draft, text: "an older one", revision: 0 } });
  await expect.poll(() => other.drafts).toEqual(["half a thought"]);
  const message = { ...tab.message("half a thought"), draftId: draft.id };
  await tab.ask("send-message", { sessionId: world.session, message, model: null });
  await expect.poll(() => other.drafts).toEqual(["half a thought", null]);
  await tab.ask("save-draft", { draft: { ...draft, id: mintId<DraftId>(() => "draft-2"), text: "the next" } });
  await tab.ask("remove-draft", { sessionId: world.session });
  await expect.poll(() => other.drafts).toEqual(["half a thought", null, "the next", null]);
  // Whoever types has newer words than those that come back.
  expect(tab.events.filter((event) => event.type === "draft-changed")).toEqual([]);
});

test("[I4] a session that is deleted in one page of a worker goes from its other pages, and comes back there with Undo", async () => {
  const world = openWorld({ provider: scriptedProvider([say("Here.")]) });
  const tab = world.openTab();
  await tab.attach();
  await tab.send("Hello");
  await world.time.advance(100);
  const other = await secondPage(tab, world.session);
  await tab.ask("delete-session", { sessionId: world.session });
  await expect.poll(() => other.snapshots.at(-1)).toBe(false);
  await tab.ask("undelete-session", { sessionId: world.session });
  await expect.poll(() => other.snapshots.at(-1)).toBe(true);
});
