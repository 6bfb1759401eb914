import { describe, expect, test } from "vitest";
import { isLocalHost, isLoopbackHost, normaliseBaseUrl } from "#providers/base-url.ts";

describe("a base URL", () => {
  test.each([
    ["https://api.openai.com/v1/", "openai", "https://api.openai.com/v1"],
    [" https://api.openai.com/v1/chat/completions ", "openai", "https://api.openai.com/v1"],
    ["api.openai.com", "openai", "https://api.openai.com/v1"],
    ["openrouter.ai", "openrouter", "https://openrouter.ai/api/v1"],
    ["localhost:11434", "ollama", "http://localhost:11434/v1"],
    ["localhost:11434/", "custom", "http://localhost:11434"],
    ["http://127.0.0.1:1234/v1/models/", "lm-studio", "http://127.0.0.1:1234/v1"],
    ["0.0.0.0:8080", "llama-cpp", "http://localhost:8080/v1"],
    ["http://[::1]:8080/v1", "llama-cpp", "http://localhost:8080/v1"],
    ["HTTPS://Example.COM/Some/Path//", "custom", "https://example.com/Some/Path"],
    ["https://example.com/v1#part", "custom", "https://example.com/v1"],
    ["example.com:8443/v1", "custom", "https://example.com:8443/v1"],
  ] as const)("typed as %s for %s is %s", (typed, preset, baseUrl) => {
    expect(normaliseBaseUrl(typed, preset)).toEqual({ ok: true, baseUrl, origin: new URL(baseUrl).origin });
  });

  test.each([
    ["", /Enter the address/],
    ["https://", /not an address/],
    ["ftp://example.com", /https:\/\/ or http:\/\//],
    ["https://user:secret@example.com/v1", /user name and password/],
    ["https://example.com/v1?key=secret", /question mark/],
    ["http://example.com/v1", /use https:\/\/example.com/],
    ["http://192.168.1.5:11434/v1", /tunnel/],
  ])("typed as %j is refused in a sentence", (typed, message) => {
    const result = normaliseBaseUrl(typed, "custom");
    expect(result).toMatchObject({ ok: false, message: expect.stringMatching(message) });
  });

  test("[Z1] that is refused repeats no secret", () => {
    for (const typed of ["https://user:secret@example.com", "https://example.com?key=secret"]) {
      expect(JSON.stringify(normaliseBaseUrl(typed, "custom"))).not.toContain("secret");
    }
  });

  test("that was made once stays as it is", () => {
    const once = normaliseBaseUrl("localhost:1234/v1/chat/completions/", "lm-studio");
    expect(once.ok && normaliseBaseUrl(once.baseUrl, "lm-studio")).toEqual(once);
  });
});

test("only this device counts as loopback, and its network as local", () => {
  const loopback = ["localhost", "app.localhost", "127.0.0.1", "127.1.2.3", "[::1]"];
  const local = [
    "192.168.0.2",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.9.9",
    "100.64.0.1",
    "nas",
    "nas.local",
    "[fd12::1]",
    "[fe80::1]",
  ];
  const remote = [
    "example.com",
    "172.32.0.1",
    "100.128.0.1",
    "10.example.com",
    "127.0.0.1.example.com",
    "[2001:db8::1]",
  ];
  expect(loopback.filter((host) => !isLoopbackHost(host))).toEqual([]);
  expect([...local, ...remote].filter(isLoopbackHost)).toEqual([]);
  expect([...loopback, ...local].filter((host) => !isLocalHost(host))).toEqual([]);
  expect(remote.filter(isLocalHost)).toEqual([]);
});
