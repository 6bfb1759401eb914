import type { BrowserContext, CDPSession } from "playwright-core";

/**
 * Runs an expression in the shared worker of the app, which Playwright does not show. Resolves when it was evaluated;
 * rejects when there is none.
 *
 *     await inSharedAgent(browser.context, "setTimeout(() => { for (;;); })");     // it hangs from now on
 */
export async function inSharedAgent(context: BrowserContext, expression: string): Promise<void> {
  const session = await browserSession(context);
  try {
    const targetId = await sharedAgent(session);
    const { sessionId } = await session.send("Target.attachToTarget", { targetId, flatten: false });
    const answered = new Promise<void>((resolve) => {
      session.on("Target.receivedMessageFromTarget", (event) => {
        if (event.sessionId === sessionId) resolve();
      });
    });
    const message = JSON.stringify({ id: 1, method: "Runtime.evaluate", params: { expression } });
    await session.send("Target.sendMessageToTarget", { sessionId, message });
    await answered;
  } finally {
    await session.detach();
  }
}

/** Ends the shared worker from outside, as a crash of its process would. */
export async function closeSharedAgent(context: BrowserContext): Promise<void> {
  const session = await browserSession(context);
  try {
    await session.send("Target.closeTarget", { targetId: await sharedAgent(session) });
  } finally {
    await session.detach();
  }
}

/** How many shared workers the browser runs. */
export async function countSharedAgents(context: BrowserContext): Promise<number> {
  const session = await browserSession(context);
  try {
    return (await sharedAgents(session)).length;
  } finally {
    await session.detach();
  }
}

async function browserSession(context: BrowserContext): Promise<CDPSession> {
  const session = await context.browser()?.newBrowserCDPSession();
  if (session === undefined) throw new Error("This browser does not show its workers.");
  return session;
}

async function sharedAgents(session: CDPSession): Promise<string[]> {
  const { targetInfos } = await session.send("Target.getTargets", { filter: [{ type: "shared_worker" }] });
  return targetInfos.map(({ targetId }) => targetId);
}

/** The newest, where an older one hangs. */
async function sharedAgent(session: CDPSession): Promise<string> {
  const targetId = (await sharedAgents(session)).at(-1);
  if (targetId === undefined) throw new Error("There is no shared worker.");
  return targetId;
}
