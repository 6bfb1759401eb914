/**
 * The addresses of the scripts that run beside the page, in the form that the browser accepts.
 *
 * The app's policy says `require-trusted-types-for 'script'`: `new Worker(url)` and `serviceWorker.register(url)` throw
 * for a plain string. The one policy of the app is here, and it lets through nothing but scripts of the app itself.
 *
 *     new Worker(agentWorkerUrl(), { type: "module", name: "agent" })
 *     new Workbox(serviceWorkerUrl())
 *
 * `?worker&url` is how the page names the worker without importing it: Vite builds src/agent/worker.ts as a program of its
 * own, with its own lazy chunks, and gives back the address; TypeScript and the linter see no import of the agent. It
 * is the only place where the page's side names a file of the worker's side. Vite's other form,
 * `new Worker(new URL(...))`, is found by its text alone, and the policy between the two hides it.
 */
// oxlint-disable-next-line import/default -- Vite makes the default export, the address; the file itself has none.
import agentWorkerAddress from "#agent/worker.ts?worker&url";

/** TypeScript's DOM types do not know Trusted Types; Safari before 26 and Firefox before 148 do not have them. */
interface ScriptUrlPolicy {
  createScriptURL(url: string): { toString(): string };
}
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): ScriptUrlPolicy;
}

/** The name stands in the content security policy too: a policy of another name could not be made. */
const POLICY_NAME = "holdfast-urls";

const NO_URL = "https://[";

let policy: ScriptUrlPolicy | undefined;

/** The address of the agent's worker, for `new Worker`. Not a string where Trusted Types exist: pass it on as it is. */
export function agentWorkerUrl(): string {
  return trusted(new URL(agentWorkerAddress, document.baseURI));
}

/** Any script of the app, for `new Worker`. Throws for one from elsewhere. */
export function ownScriptUrl(address: string): string {
  return trusted(new URL(address, document.baseURI));
}

/** No address at all, which the policy lets through: a constructor that is given it reads its options and throws. */
export function unusableUrl(): string {
  return pass(NO_URL);
}

/** The address of the service worker, for `new Workbox`. There is one only in a built app (`import.meta.env.PROD`). */
export function serviceWorkerUrl(): string {
  return trusted(new URL("service-worker.js", document.baseURI));
}

const trusted = (url: URL): string => pass(url.href);

function pass(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (!trustedTypes) return ownScript(url);
  policy ??= trustedTypes.createPolicy(POLICY_NAME, { createScriptURL: ownScript });
  // The platform's functions take a TrustedScriptURL wherever their types say string.
  return policy.createScriptURL(url) as unknown as string;
}

/** A script from elsewhere would run with the keys and the sessions of the person who uses the app. */
function ownScript(url: string): string {
  if (url === NO_URL) return url;
  const { origin, pathname } = new URL(url);
  const base = new URL(".", document.baseURI);
  if (origin !== base.origin || !pathname.startsWith(base.pathname))
    throw new TypeError(`${url} is not a script of this app.`);
  return url;
}
