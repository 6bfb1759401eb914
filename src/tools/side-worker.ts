/** A worker beside the agent's, for work that may have to be ended. One listener of each kind. */
export interface SideWorker {
  post(message: unknown): void;
  listen(receive: (message: unknown) => void, failed: (reason: string) => void): void;
  end(): void;
}

/** Starts the script at this address as a worker. Null where that is not to be had; never throws. */
export type StartSideWorker = (address: string) => Promise<SideWorker | null>;

/** TypeScript does not know Trusted Types, and not every browser has them. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): { toString(): string } };
}

let policy: ReturnType<TrustedTypes["createPolicy"]> | undefined;

/** Inside this worker: dedicated workers can start others, shared ones cannot. */
export const startNestedWorker: StartSideWorker = (address) => {
  if (typeof Worker === "undefined") return Promise.resolve(null);
  let worker: Worker;
  try {
    worker = new Worker(trusted(address), { type: "module", name: "side" });
  } catch (error) {
    console.info("A worker cannot be started here.", error);
    return Promise.resolve(null);
  }
  return Promise.resolve({
    post: (message) => worker.postMessage(message),
    listen(receive, failed) {
      worker.addEventListener("message", (event) => receive(event.data));
      worker.addEventListener("error", (event) => failed(event.message));
    },
    end: () => worker.terminate(),
  });
};

/** The app's content security policy asks for a trusted address and allows this one name for the policy that makes it. */
function trusted(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (trustedTypes === undefined) return ownScript(url);
  policy ??= trustedTypes.createPolicy("holdfast-urls", { createScriptURL: ownScript });
  return policy.createScriptURL(url) as unknown as string;
}

function ownScript(url: string): string {
  if (new URL(url).origin !== location.origin) throw new TypeError(`${url} is not a script of this app.`);
  return url;
}
