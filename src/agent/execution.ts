import type { ApprovalId } from "#domain/ids.ts";
import type { ModelRef } from "#domain/model.ts";
import type { Outcome } from "#domain/outcome.ts";
import type { ApprovalDecision } from "#domain/tool-call.ts";
import type { Turn } from "#domain/turn.ts";
import { readApproval } from "#storage/approval-store.ts";
import { readPath, readSession } from "#storage/session-store.ts";
import type { WorkerEvent } from "#protocol/events.ts";
import { startNestedWorker } from "#tools/side-worker.ts";
import type { ToolContext, Workspace } from "#tools/tool.ts";

import type { ApprovalDesk } from "./approvals.ts";
import { borrowWorker } from "./borrowed-worker.ts";
import type { Environment } from "./environment.ts";
import { runLoop, type LoopSetup } from "./loop.ts";
import { instructionsFor, messagesFor } from "./model-request.ts";
import type { ActiveRun } from "./run.ts";

/** Turns of the path that a model is sent. The rest of a longer session is left to compaction. */
const TURNS_IN_CONTEXT = 200;

/** How often the row of a request is read while its call waits: one small read, and nobody waits long for a lost notice. */
const LOOK_AGAIN_MS = 3000;

export interface Execution {
  readonly env: Environment;
  readonly run: ActiveRun;
  readonly model: ModelRef;
  readonly desk: ApprovalDesk;
  /** Told after each change of a file by a tool. */
  readonly filesChanged: () => void;
  /** Tells one of the pages. False: none is there. */
  readonly askOnePage: (event: WorkerEvent) => boolean;
}

/** Drives one run from its start to its outcome. Never throws: a failure before the loop is an outcome too. */
export async function execute(execution: Execution): Promise<Outcome> {
  try {
    const provider = await execution.env.openProvider(execution.model);
    if (provider === null) return noModel();
    const setup = await setupFor(execution, provider);
    const outcome = await runLoop(execution.run, setup);
    if (outcome.kind === "completed" && execution.model.provider === "built-in") {
      // Not worth an answer: if this is not stored, it introduces itself once more.
      execution.env.noteIntroduced().catch(() => undefined);
    }
    return outcome;
  } catch (cause) {
    if (execution.run.signal.aborted) return { kind: "stopped" };
    return {
      kind: "error",
      error: {
        code: "internal",
        message: "The run could not be started. Your message is kept; retry in a moment.",
        detail: cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause),
      },
    };
  }
}

function noModel(): Outcome {
  return {
    kind: "error",
    error: {
      code: "missing-key",
      message: "The connection of this model is gone. Choose another model or connect it again, then retry.",
      detail: null,
    },
  };
}

async function setupFor(execution: Execution, provider: LoopSetup["provider"]): Promise<LoopSetup> {
  const { env, run, model } = execution;
  const tools = await env.loadTools();
  const settings = await env.readSettings();
  const { sessionId } = run.turn();
  const context: ToolContext = {
    sessionId,
    workspace: noticed(await env.openWorkspace(sessionId), execution.filesChanged),
    sessions: env.sessionReader,
    now: () => env.clock.now(),
    timeZone: env.timeZone,
    signal: run.signal,
    startWorker: async (address) =>
      (await startNestedWorker(address)) ?? borrowWorker(address, env.unique(), execution.askOnePage),
  };
  return {
    provider,
    tools,
    toolCalls: {
      findTool: (name) => tools.find((tool) => tool.spec.name === name),
      context,
      model,
      unique: env.unique,
      timers: env.timers,
      isAllowed: async (call) => ((await readSession(env.db, sessionId))?.allowedTools ?? []).includes(call.tool),
      waitForDecision: (id, signal) => waitForDecision(execution, id, signal),
      isAsked: async (id) => (await readApproval(env.db, id)) !== null,
      signal: run.signal,
    },
    messages: async (turn) =>
      messagesFor(
        await contextPath(env, turn),
        provider.continuation,
        model.provider === "built-in" ? "apart" : "joined",
      ),
    instructions: instructionsFor({
      now: env.clock.now(),
      timeZone: env.timeZone,
      isFirstAnswer: model.provider === "built-in" && !settings.hasSeenIntro,
    }),
    model: model.model,
    stepLimit: settings.stepLimit,
    clock: env.clock,
    timers: env.timers,
    network: env.network,
    random: env.random,
    unique: env.unique,
    signal: run.signal,
  };
}

/**
 * Looks at the row as soon as the call waits, and again while it does: a decision that was committed before is not told
 * again, and whoever commits one in another tab may die before it tells.
 */
async function waitForDecision(
  { env, desk }: Execution,
  id: ApprovalId,
  signal: AbortSignal,
): Promise<ApprovalDecision> {
  const look = () => {
    readApproval(env.db, id).then(
      (row) => row?.decision != null && desk.wake(id, row.decision),
      () => undefined, // what cannot be read is told by whoever decides
    );
  };
  const decision = desk.wait(id, signal);
  const cancel = env.timers.every(LOOK_AGAIN_MS, look);
  look();
  try {
    return await decision;
  } finally {
    cancel();
  }
}

/** The session's files, telling of every change. */
function noticed(workspace: Workspace, changed: () => void): Workspace {
  return {
    list: () => workspace.list(),
    read: (path) => workspace.read(path),
    write: (path, bytes) => workspace.write(path, bytes).then(changed),
    rename: (from, to) => workspace.rename(from, to).then(changed),
    remove: (path) => workspace.remove(path).then(changed),
  };
}

/** The stored path up to the turn's parent, and the turn as it is now. */
async function contextPath(env: Environment, turn: Turn): Promise<readonly Turn[]> {
  if (turn.parent === 0) return [turn];
  const { turns } = await readPath(env.db, turn.sessionId, turn.parent, TURNS_IN_CONTEXT);
  return [...turns, turn];
}
