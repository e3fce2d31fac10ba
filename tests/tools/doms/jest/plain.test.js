// jsdom as Jest brings it has no fetch, no Response, no MessageChannel.

const codeOf = (promise) =>
  promise.then(
    () => null,
    ({ code }) => code,
  );

test("what there is to connect with is loaded, and says what is missing", async () => {
  for (const name of ["fetch", "Request", "Response", "MessageChannel", "BroadcastChannel"]) expect(globalThis[name]).toBe(undefined);
  const { connect } = await import("tokenkeep");
  const auth = connect(() => new SharedWorker("/holder.js"));
  expect(await codeOf(auth.resume())).toBe("TOKENKEEP_BROWSER_MISSING");
  expect(await codeOf(import("tokenkeep/page"))).toBe("TOKENKEEP_BROWSER_MISSING");
});

test("the fake does without, but for answers", async () => {
  const { fakeAuth } = await import("tokenkeep/testing");
  const auth = fakeAuth({ routes: { "GET https://api.example.com/": [] } });
  expect((await auth.resume()).claims.sub).toBe("ada");
  const fetched = auth.fetch("https://api.example.com/");
  expect(await codeOf(fetched)).toBe("TOKENKEEP_BROWSER_MISSING");
  await expect(fetched).rejects.toThrow(/no Request and no Response/);
  auth.fire("signedout");
  expect(auth.session).toBe(null);
});
