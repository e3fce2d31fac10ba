import { beforeEach, expect, test, vi } from "vitest";

import { auth } from "../app/auth.js";
import { showFiles } from "../app/files.js";

vi.mock("../app/auth.js", async () => {
  const { fakeAuth } = await import("tokenkeep/testing");
  return { auth: fakeAuth({ routes: { "GET https://api.example.com/v1/files": [{ name: "a.txt" }, { name: "b.txt" }] } }) };
});

const root = document.body;
const texts = (selector) => [...root.querySelectorAll(selector)].map(({ textContent }) => textContent);

beforeEach(() => auth.reset());

test("files are listed", async () => {
  await showFiles(root);
  expect(texts("li")).toEqual(["a.txt", "b.txt"]);
});

test("who isn't signed in gets a button", async () => {
  auth.reset({ session: null });
  await showFiles(root);
  root.querySelector("button").click();
  expect(auth.calls).toContainEqual({ method: "signIn", args: [{ returnTo: "/" }] });
});

test("an outage of the API is told", async () => {
  auth.route("GET https://api.example.com/v1/files", () => new Response(null, { status: 503 }));
  await showFiles(root);
  expect(texts("p")).toEqual(["The files can't be had (503)."]);
});

test("the files are gone with the session", async () => {
  await showFiles(root);
  auth.fire("signedout", { reason: "revoked" });
  expect(root.textContent).toBe("You were signed out.");
});
