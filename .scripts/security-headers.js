/**
 * The headers that every response of the app carries, from our server and, in the service worker, from the cache. A
 * worker takes its policy from the response of its own script and not from the page, so nothing may be left out.
 */

/**
 * Models live wherever their user says, so `connect-src` is wide and the agent's worker keeps to the chosen origins.
 * Trusted Types: the only policy is the one for worker addresses in src/shell/trusted-urls.ts.
 */
const policy = {
  "default-src": "'none'",
  "script-src": "'self' 'wasm-unsafe-eval'",
  "style-src": "'self'",
  "img-src": "'self' blob: data:",
  "font-src": "'self'",
  "media-src": "'self' blob: data:",
  "worker-src": "'self'",
  "manifest-src": "'self'",
  "frame-src": "'self'",
  "connect-src": "'self' https: http://localhost:* http://127.0.0.1:*",
  "form-action": "'none'",
  "base-uri": "'none'",
  "object-src": "'none'",
  "frame-ancestors": "'none'",
  "require-trusted-types-for": "'script'",
  "trusted-types": "holdfast-urls",
};

/** @param {(directive: string) => boolean} isWanted */
const policyText = (isWanted) =>
  Object.entries(policy)
    .filter(([directive]) => isWanted(directive))
    .map(([directive, value]) => `${directive} ${value}`)
    .join("; ");

/** For `<meta>`, for hosts that send no headers: browsers complain about directives that only a header can carry. */
export const metaPolicy = policyText((directive) => directive !== "frame-ancestors");

/** What the app never asks for is switched off, for itself and for whatever it may show. */
const switchedOff = ["accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer"];
switchedOff.push("microphone", "midi", "payment", "serial", "usb");

/** @type {Readonly<Record<string, string>>} */
export const securityHeaders = {
  "content-security-policy": policyText(() => true),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": switchedOff.map((feature) => `${feature}=()`).join(", "),
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};
