import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, beforeAll, expect, test } from "vitest";

import { fakeAuth } from "tokenkeep/testing";

const seen = [];
const server = setupServer(
  http.get("https://api.example.com/v1/files", ({ request }) => {
    seen.push(request.headers.get("authorization"));
    return HttpResponse.json([{ name: "a.txt" }]);
  }),
);
beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterAll(() => server.close());

test("what no route answers is MSW's, and has no token", async () => {
  const auth = fakeAuth();
  const response = await auth.fetch("https://api.example.com/v1/files");
  expect(await response.json()).toEqual([{ name: "a.txt" }]);
  expect(seen).toEqual([null]);
});
