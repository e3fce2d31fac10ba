import { jest } from "@jest/globals";
import { fakeAuth } from "tokenkeep/testing";

const auth = fakeAuth({ routes: { "GET https://api.example.com/v1/files": [{ name: "a.txt" }, { name: "b.txt" }] } });
jest.unstable_mockModule("../app/auth.js", () => ({ auth }));
const { showFiles } = await import("../app/files.js");

const root = document.body;

beforeEach(() => auth.reset());

test("files are listed", async () => {
  await showFiles(root);
  expect([...root.querySelectorAll("li")].map(({ textContent }) => textContent)).toEqual(["a.txt", "b.txt"]);
});

test("who isn't signed in gets a button", async () => {
  auth.reset({ session: null });
  await showFiles(root);
  root.querySelector("button").click();
  expect(auth.calls).toContainEqual({ method: "signIn", args: [{ returnTo: "/" }] });
});
