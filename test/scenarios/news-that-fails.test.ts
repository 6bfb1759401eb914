import { describe, expect, it } from "vitest";

import { openWorld, type Tab } from "#test/helpers/memory-world.ts";

function troubles(tab: Tab): (string | null)[] {
  return tab.events.flatMap((event) => (event.type === "storage-trouble" ? [event.message] : []));
}

describe("news of another tab that cannot be followed", () => {
  it("[W9] settings that cannot be read are told as a trouble, and the worker lives on", async () => {
    const world = openWorld();
    const writer = world.openTab();
    const reader = world.openTab({ readSettings: () => Promise.reject(new Error("no settings")) });
    await writer.ask("change-setting", { patch: { theme: "dark" } });
    await expect.poll(() => troubles(reader)).toEqual([expect.stringContaining("no settings")]);
    expect(await reader.ask("ping", null)).toBeNull();
  });

  it("[W9] a draft that a newer version has written is told as a trouble, and the worker lives on", async () => {
    const world = openWorld();
    const reader = world.openTab();
    await reader.attach();
    await world.disk.write(["drafts"], "relaxed", async (writing) => {
      writing.put("drafts", { sessionId: world.session, schema: 99 } as never);
    });
    world.tell({ kind: "draft-written", sessionId: world.session });
    await expect.poll(() => troubles(reader).at(-1)).toMatch(/newer version/);
    expect(await reader.ask("ping", null)).toBeNull();
  });
});
