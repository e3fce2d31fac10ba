import { connect } from "tokenkeep";
import { expect, test } from "vitest";

const isHappy = "happyDOM" in globalThis;

/** The code and the message of the error. */
const failure = (promise) =>
  promise.then(
    () => [],
    ({ code, message }) => [code, message],
  );

test("what a DOM for tests lacks is told, and what to take instead", async () => {
  const options = { type: "module" };
  const ways = [
    () => new SharedWorker("/holder.js", options),
    () => (globalThis.SharedWorker ? new SharedWorker("/holder.js", options) : new Worker("/holder.js", options)),
  ];
  for (const way of ways) {
    const auth = connect(way);
    for (const call of [auth.resume, auth.stats, () => auth.fetch("https://api.example.com/")]) {
      const [code, message] = await failure(call());
      expect(code).toBe("TOKENKEEP_BROWSER_MISSING");
      expect(message).toMatch(/no workers here.*fakeAuth\(\) of tokenkeep\/testing/);
    }
    const [code, message] = await failure(auth.signIn());
    expect(code).toBe("TOKENKEEP_INSECURE_CONTEXT");
    expect(message).toMatch(/no browser's page.*fakeAuth\(\) of tokenkeep\/testing/);
  }
});

test("a fetch of another kind is told when the page's holder is loaded", async () => {
  const [code, message] = await failure(import("tokenkeep/page"));
  expect(code).toBe(isHappy ? "TOKENKEEP_BROWSER_MISSING" : undefined);
  if (isHappy) expect(message).toMatch(/fetch and the Response of a browser or of Node/);
});
