// What can be said over the border to a holder on another origin. Each function runs in any document of the app's origin.

/**
 * Asks the holder for each of `operations`, as `[op, parameters]`; resolves to `[op, code]` of each refusal, or to its answer:
 * "silent", if that doesn't come at once.
 */
export async function askHolder(evil, { operations }) {
  const ask = evil.asking(await evil.connect());
  const answers = [];
  for (const [op, parameters] of operations) {
    const silent = new Promise((resolve) => setTimeout(resolve, 5_000, { ok: "silent" }));
    const { ok, error } = await Promise.race([ask(op, parameters), silent]);
    answers.push([op, error ? (error.code ?? error.name) : { ok }]);
  }
  await evil.post(answers);
  return answers;
}

/** Asks the page of the holder's origin for each of `operations`; as above. */
export async function askPage(evil, { operations }) {
  const { ask } = await evil.borrow();
  const answers = [];
  for (const [op, parameters] of operations) {
    const { ok, error, port } = await ask(op, parameters);
    answers.push([op, error ? (error.code ?? error.name) : { ok, port: Boolean(port) }]);
  }
  await evil.post(answers);
  return answers;
}

/** Hands the holder a port of the script's own, as its page does. Resolves to whether there is a door behind it. */
export async function lendOneself(evil) {
  const port = await evil.connect();
  const { port1, port2 } = new MessageChannel();
  port.postMessage({ v: 1, id: 1, op: "lend", lock: `tokenkeep-${"a".repeat(36)}` }, [port2]);
  await evil.asking(port)("stats");
  const answered = evil
    .asking(port1)("hello")
    .then(() => true);
  return Promise.race([answered, new Promise((resolve) => setTimeout(resolve, 2_000, false))]);
}

/** Sends the page of the holder's origin `count` messages that are made from good ones; what comes back goes to the attacker. */
export async function fuzzPage(evil, { count, seed, url }) {
  const { line, ask } = await evil.borrow();
  const seen = new Set();
  const codes = {};
  let replies = 0;
  line.addEventListener("message", ({ data }) => {
    replies += 1;
    const word = data.error ? (data.error.code ?? data.error.name) : "ok";
    codes[word] = (codes[word] ?? 0) + 1;
    for (const text of evil.strings(data)) seen.add(text);
  });
  const random = evil.generator(seed);
  const below = (limit) => Math.floor(random() * limit);
  const pick = (list) => list[below(list.length)];
  const known = ["begin", "arrive", "outcome", "abort", "open"];
  const others = [
    "finish",
    "signIn",
    "accessToken",
    "enterToken",
    "lend",
    "take",
    "waiting",
    "putAside",
    "redirectUri",
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "valueOf",
  ];
  const tickets = [...Array.from({ length: 8 }, (_, at) => String(at).repeat(43)), "", "x", "__proto__"];
  const junk = [
    () => null,
    () => undefined,
    () => NaN,
    () => 2 ** 53,
    () => -below(9),
    () => "",
    () => "x".repeat(below(5_000)),
    () => "\ud800",
    () => [],
    () => ({}),
    () => 10n,
    () => new Date(NaN),
    () => new Map([["app", url]]),
    () => new Uint8Array(9),
    () => new Error("x"),
    () => new Blob(["x"]),
    () => JSON.parse('{"__proto__":{"app":"x"}}'),
    () => url,
    () => `${evil.origin}/`,
    () => "javascript:1",
    () => ({ a: { b: [1] } }),
    () => () => 1,
  ];
  const visit = () => ({
    kind: pick(["sign-in", "sign-out"]),
    popup: pick([true, false]),
    options: pick([{}, { prompt: "none" }, { extraParams: { state: "x" } }]),
    returnTo: pick([url, `${evil.origin}/`]),
    arrival: pick([{}, null, "x"]),
    app: evil.origin,
    href: url,
    key: "x",
    created: 9e15,
  });
  const keys = ["id", "op", "ticket", "visit", "href", "app", "signal"];
  const members = ["kind", "popup", "options", "returnTo", "arrival", "app", "created", "error"];
  for (let at = 0; at < count; at += 1) {
    const message = { id: 1_000 + at, op: random() < 0.8 ? pick(known) : pick(others), ticket: pick(tickets), visit: visit() };
    for (let changes = below(3); changes > 0; changes -= 1) {
      if (random() < 0.5) message[pick(keys)] = pick(junk)();
      else if (message.visit instanceof Object) message.visit[pick(members)] = pick(junk)();
    }
    try {
      line.postMessage(random() < 0.05 ? pick(junk)() : message, random() < 0.01 ? [new MessageChannel().port1] : []);
    } catch {
      // What can't be cloned is no message.
    }
    if (at % 500 === 499) await ask("arrive", { ticket: "x" });
  }
  evil.post([...seen].join("\n"));
  return { replies, codes };
}
