import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, expect, test } from "vitest";

const tokens = [];
const server = setupServer(
  http.get("https://api.example.com/v1/files", ({ request }) => {
    tokens.push(request.headers.get("authorization"));
    return tokens.length === 1 ? new HttpResponse(null, { status: 429, headers: { "Retry-After": "1" } }) : HttpResponse.json([]);
  }),
);
// Before the holder is loaded, which keeps the `fetch` that is there by then.
server.listen({ onUnhandledRequest: "error" });
afterAll(() => server.close());

test("a real holder in the page obeys the API", async () => {
  const { hold } = await import("tokenkeep/page");
  const auth = hold({ token: "test", resourceServers: ["https://api.example.com/v1/"] });
  const response = await auth.fetch("https://api.example.com/v1/files");
  expect(await response.json()).toEqual([]);
  expect(tokens).toEqual(["Bearer test", "Bearer test"]);
});
