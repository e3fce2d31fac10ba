import { fakeAuth } from "tokenkeep/testing";
import { expect, test, vi } from "vitest";

const url = "https://api.example.com/v1/files";

test("signals, forms and relative URLs of this DOM are taken for what they are", async () => {
  const seen = [];
  const answer = async (request) => {
    seen.push([request.url, await request.text()]);
    if (request.method === "PUT") await new Promise(() => {});
  };
  const auth = fakeAuth({ routes: { [`POST ${url}`]: answer, [`PUT ${url}`]: answer, "GET /api/*": answer } });
  expect((await auth.fetch(url, { method: "POST", body: new URLSearchParams({ a: "b" }) })).status).toBe(204);
  expect((await auth.fetch("/api/x")).status).toBe(204);
  expect(seen).toEqual([
    [url, "a=b"],
    [new URL("/api/x", location.href).href, ""],
  ]);
  const giving = new AbortController();
  const given = auth.fetch(url, { method: "PUT", body: "text", signal: giving.signal });
  await vi.waitUntil(() => seen.length === 3);
  giving.abort();
  await expect(given).rejects.toHaveProperty("name", "AbortError");
  await expect(auth.fetch(url, { signal: giving.signal })).rejects.toHaveProperty("name", "AbortError");
});

test("a signal of this DOM ends what goes to the global fetch", async () => {
  vi.spyOn(globalThis, "fetch").mockImplementation(() => new Promise(() => {}));
  const giving = new AbortController();
  const given = fakeAuth().fetch(url, { signal: giving.signal });
  await vi.waitUntil(() => globalThis.fetch.mock.calls.length === 1);
  giving.abort();
  await expect(given).rejects.toHaveProperty("name", "AbortError");
});
