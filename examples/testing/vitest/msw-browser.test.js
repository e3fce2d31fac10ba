import { HttpResponse, http } from "msw";
import { setupWorker } from "msw/browser";
import { connect } from "tokenkeep";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

const tokens = [];
const worker = setupWorker(
  http.get("https://api.example.com/v1/files", ({ request }) => {
    tokens.push(request.headers.get("authorization"));
    return tokens.length === 1 ? new HttpResponse(null, { status: 429, headers: { "Retry-After": "1" } }) : HttpResponse.json([]);
  }),
);
beforeAll(() => worker.start({ onUnhandledRequest: "bypass", quiet: true }));
beforeEach(() => tokens.splice(0));
afterAll(() => worker.stop());

test.each([
  ["a SharedWorker", () => new SharedWorker(new URL("./holder.js", import.meta.url), { type: "module", name: "tokenkeep" })],
  ["a Worker", () => new Worker(new URL("./holder.js", import.meta.url), { type: "module", name: "tokenkeep" })],
])("a real holder in %s obeys the API", async (_, holder) => {
  const auth = connect(holder);
  const response = await auth.fetch("https://api.example.com/v1/files");
  expect(await response.json()).toEqual([]);
  expect(tokens).toEqual(["Bearer test", "Bearer test"]);
});
