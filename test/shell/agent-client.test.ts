import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { readId, type SessionId } from "#domain/ids.ts";
import type { WorkerEvent } from "#protocol/events.ts";
import { type AgentClient, createAgentClient } from "#shell/agent-client.ts";
import type { WorkerLife } from "#shell/worker-life.ts";

import { type Behaviour, fakeWorkers, obedient, workerOfOtherVersion } from "./fake-agent.ts";

const sessionId = readId("session-1") as SessionId;
const silent: Behaviour = () => "silence";

let client: AgentClient;
const told: WorkerEvent[] = [];
const logged: string[] = [];
const page = { isVisible: true, isOutdated: false };

function connect(startWorker: () => WorkerLife): void {
  client = createAgentClient({
    startWorker,
    isVisible: () => page.isVisible,
    onEvent: (event) => told.push(event),
    onOtherVersion: () => (page.isOutdated = true),
    lastFarewell: null,
    lastWords: () => null,
    log: (message) => logged.push(message),
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  told.length = 0;
  logged.length = 0;
  page.isVisible = true;
  page.isOutdated = false;
});

afterEach(() => {
  client.close();
  vi.useRealTimers();
});

test("the worker is started by the first call, which waits for its hello", async () => {
  const { workers, startWorker } = fakeWorkers([obedient], { sleeps: true });
  connect(startWorker);
  expect(workers).toHaveLength(0);
  const reply = client.call("ping", null);
  await vi.advanceTimersByTimeAsync(100);
  expect(client.state.value).toBe("starting");
  workers[0]?.wake();
  expect(await reply).toEqual({ ok: true, value: null });
  expect(client.state.value).toBe("ready");
});

test("calls that waited for the hello come first and in their order, before what the view asks when it is ready", async () => {
  const { workers, startWorker } = fakeWorkers([obedient], { sleeps: true });
  connect(startWorker);
  client.state.subscribe((state) => {
    if (state === "ready") void client.call("attach-session", { sessionId });
  });
  void client.call("read-settings", null);
  void client.call("list-connections", null);
  workers[0]?.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(workers[0]?.heard).toEqual(["read-settings", "list-connections", "attach-session"]);
});

test("a ready worker is posted to within the caller's task: on hide there is no later", async () => {
  const posted: unknown[] = [];
  const { startWorker } = fakeWorkers([obedient]);
  connect(() => {
    const life = startWorker();
    const post = life.channel.post.bind(life.channel);
    return { ...life, channel: { ...life.channel, post: (message) => (posted.push(message), post(message)) } };
  });
  await client.call("ping", null);
  posted.length = 0;
  void client.call("flush", { cause: "page-closed" });
  expect(posted).toHaveLength(1);
});

test("what the worker tells reaches the page", async () => {
  const { workers, startWorker } = fakeWorkers([obedient], { sleeps: true });
  connect(startWorker);
  client.start();
  const event: WorkerEvent = { type: "recovered", sessionIds: [sessionId] };
  workers[0]?.wake().emit(event);
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual([event]);
});

test("a worker that dies is replaced at once: open calls are told so, later ones are answered by the next worker", async () => {
  const { workers, startWorker } = fakeWorkers([silent, obedient]);
  connect(startWorker);
  client.start();
  await vi.advanceTimersByTimeAsync(0);
  const open = client.call("read-settings", null);
  workers[0]?.die("out of memory");
  expect(client.state.value).toBe("restarting");
  expect(await open).toMatchObject({ ok: false, refusal: { reason: "agent-died" } });
  const later = client.call("read-settings", null);
  await vi.advanceTimersByTimeAsync(0);
  expect(await later).toEqual({ ok: true, value: null });
  expect(client.state.value).toBe("ready");
  expect(workers.map((worker) => worker.isTerminated)).toEqual([true, false]);
  expect(workers[1]?.heard, "it learns first why it was started").toEqual(["note-ending", "read-settings"]);
  expect(logged).toEqual([expect.stringContaining("out of memory")]);
});

test("[C2] a worker that answers nothing while the page is looked at is replaced after 20 s", async () => {
  const { workers, startWorker } = fakeWorkers([silent, obedient]);
  connect(startWorker);
  client.start();
  await vi.advanceTimersByTimeAsync(20_100);
  expect(workers).toHaveLength(2);
  expect(workers[0]?.isTerminated).toBe(true);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(workers, "the one that answers stays").toHaveLength(2);
});

test("[P5] a worker behind a hidden page is never given up for its silence", async () => {
  const { workers, startWorker } = fakeWorkers([silent]);
  connect(startWorker);
  client.start();
  page.isVisible = false;
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(workers).toHaveLength(1);
});

test("[C2] Stop that a wedged worker does not answer takes the worker away after 2 s, and the next one is told to stop", async () => {
  const wedged: Behaviour = (name) => (name === "stop-run" ? "silence" : { ok: true, value: null });
  const { workers, startWorker } = fakeWorkers([wedged, obedient]);
  connect(startWorker);
  client.start();
  await vi.advanceTimersByTimeAsync(0);
  const stopped = client.call("stop-run", { sessionId });
  await vi.advanceTimersByTimeAsync(1_900);
  expect(workers).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(await stopped).toEqual({ ok: true, value: null });
  expect(workers[0]?.isTerminated).toBe(true);
  expect(workers[1]?.heard).toContain("stop-run");
});

test("[C2] the next worker hears of Stop after the view's attach, which would let the run go on", async () => {
  const { workers, startWorker } = fakeWorkers([silent, obedient]);
  connect(startWorker);
  client.state.subscribe((state) => {
    if (state === "ready") void client.call("attach-session", { sessionId });
  });
  client.start();
  await vi.advanceTimersByTimeAsync(0);
  void client.call("stop-run", { sessionId });
  await vi.advanceTimersByTimeAsync(3_000);
  expect(workers[1]?.heard).toEqual(["note-ending", "ping", "attach-session", "stop-run"]);
});

test("Stop that is answered leaves the worker alone", async () => {
  const { workers, startWorker } = fakeWorkers([obedient]);
  connect(startWorker);
  expect(await client.call("stop-run", { sessionId })).toEqual({ ok: true, value: null });
  await client.call("stop-run", { sessionId });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(workers).toHaveLength(1);
});

test("[R7] a worker that dies again and again is tried more and more rarely; then calls are refused with a sentence instead of waiting", async () => {
  const { workers, startWorker } = fakeWorkers([obedient], { sleeps: true });
  connect(startWorker);
  const waits = client.call("read-settings", null);
  for (const pauseMs of [0, 1_000, 3_000, 10_000]) {
    workers.at(-1)?.die("its script could not be loaded");
    await vi.advanceTimersByTimeAsync(pauseMs);
  }
  expect(workers).toHaveLength(5);
  expect(client.state.value).toBe("restarting");
  workers.at(-1)?.die("its script could not be loaded");
  expect(client.state.value).toBe("failed");
  expect(await waits).toMatchObject({ ok: false, refusal: { reason: "agent-died" } });
  expect(await client.call("ping", null)).toMatchObject({
    ok: false,
    refusal: { message: expect.stringContaining("cannot be started") },
  });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(workers).toHaveLength(6);
  workers.at(-1)?.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(client.state.value, "it works again").toBe("ready");
  expect(await client.call("ping", null)).toMatchObject({ ok: true });
});

test("a worker that never says hello is given up, and one that the browser refuses to create is a death like any other", async () => {
  const { workers, startWorker } = fakeWorkers([obedient], { sleeps: true });
  let starts = 0;
  connect(() => {
    starts += 1;
    if (starts === 1) throw new Error("not allowed");
    return startWorker();
  });
  client.start();
  await vi.advanceTimersByTimeAsync(40_000);
  expect(workers[0]?.isTerminated).toBe(true);
  expect(logged).toEqual([expect.stringContaining("not allowed"), expect.stringContaining("did not start in time")]);
});

test("a person who comes back does not wait for the next start", async () => {
  const { workers, startWorker } = fakeWorkers([obedient], { sleeps: true });
  connect(startWorker);
  client.start();
  workers[0]?.die("x");
  await vi.advanceTimersByTimeAsync(0);
  workers[1]?.die("x");
  expect(workers).toHaveLength(2);
  client.check();
  expect(workers).toHaveLength(3);
});

test("[P4] a worker of another version is not talked to: the page says that a reload is needed", async () => {
  connect(workerOfOtherVersion());
  const reply = await client.call("list-connections", null);
  expect(reply).toMatchObject({ ok: false, refusal: { reason: "newer-version" } });
  expect(page.isOutdated).toBe(true);
});

test("[Z3] after closing every call is refused and no worker is started", async () => {
  const { workers, startWorker } = fakeWorkers([silent]);
  connect(startWorker);
  const open = client.call("read-settings", null);
  await vi.advanceTimersByTimeAsync(0);
  client.close();
  expect(await open).toMatchObject({ ok: false });
  expect(await client.call("ping", null)).toMatchObject({ ok: false });
  expect(workers).toHaveLength(1);
  expect(workers[0]?.isTerminated).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test("[Z3] closing while the next start waits for its turn, or a Stop for its answer, leaves no timer", async () => {
  const { workers, startWorker } = fakeWorkers([silent]);
  connect(startWorker);
  client.start();
  await vi.advanceTimersByTimeAsync(0);
  workers[0]?.die("x");
  await vi.advanceTimersByTimeAsync(0);
  const stopped = client.call("stop-run", { sessionId });
  workers[1]?.die("x");
  client.close();
  expect(await stopped).toMatchObject({ ok: false });
  expect(vi.getTimerCount()).toBe(0);
});
