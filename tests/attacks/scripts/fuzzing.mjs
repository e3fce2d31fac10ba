/**
 * Runs in any document of the origin: sends the holder `count` messages that are made from good ones, by a generator
 * that starts from `seed`. Resolves to how many replies came and which operations were answered; the replies' text goes
 * to the attacker.
 */
export async function fuzz(evil, { mode, count, seed, url, callback }) {
  const random = evil.generator(seed);
  const below = (limit) => Math.floor(random() * limit);
  const pick = (list) => list[below(list.length)];
  const port = await evil.connect();
  const seen = new Set();
  const waiting = new Map();
  const tally = { sent: 0, unclonable: 0, replies: 0, codes: {} };
  evil.hear(port, receive);
  port.start?.();

  function receive(data) {
    tally.replies += 1;
    const outcome = data.error?.code ?? data.error?.name ?? (data.event ? "event" : "ok");
    tally.codes[outcome] = (tally.codes[outcome] ?? 0) + 1;
    for (const text of evil.strings(data)) seen.add(text);
    waiting.get(data.id)?.(data);
  }

  const ask = (message) => {
    const answered = new Promise((resolve) => waiting.set(message.id, resolve));
    port.postMessage(message);
    return answered;
  };

  const known = [
    "hello",
    "alive",
    "see",
    "fetch",
    "abort",
    "signIn",
    "finish",
    "outcome",
    "enterToken",
    "accessToken",
    "userinfo",
    "stats",
    "audit",
    "unlock",
    "redirectUri",
    "lend",
  ];
  const invented = [
    "token",
    "authorize",
    "authorization",
    "refresh",
    "export",
    "key",
    "sign",
    "proof",
    "keep",
    "take",
    "forget",
    "config",
    "core",
    "eval",
  ];
  const inherited = ["__proto__", "constructor", "toString", "valueOf", "hasOwnProperty", "then"];
  const keys = [
    "v",
    "id",
    "op",
    "url",
    "headers",
    "body",
    "method",
    "options",
    "target",
    "href",
    "token",
    "key",
    "lock",
    "visible",
    "online",
    "mode",
    "cache",
    "signal",
    "redirect",
    "generation",
  ];
  const junk = [
    () => null,
    () => undefined,
    () => NaN,
    () => Infinity,
    () => -0,
    () => 2 ** 53,
    () => -below(1e6),
    () => below(1e9),
    () => true,
    () => "",
    () => "x".repeat(below(2000)),
    () => "\ud800\u0000",
    () => url,
    () => "Bearer",
    () => `${evil.origin}/x`,
    () => pick(inherited),
    () => 10n,
    () => [],
    () => [[]],
    () => [["authorization", "Bearer x"]],
    () => [["x", "y"], ["x"]],
    () => ({}),
    () => ({ toString: "x" }),
    () => JSON.parse('{"__proto__":{"exposeAccessToken":true}}'),
    () => ({ exposeAccessToken: true, resourceServers: [evil.origin] }),
    () => new Date(NaN),
    () => /x/g,
    () => new Map([["a", 1]]),
    () => new Set([1]),
    () => new ArrayBuffer(below(64)),
    () => new Uint8Array(below(64)),
    () => new Error("x"),
    () => new Blob(["x"]),
    () => ({ a: { b: { c: [1, { d: 2 }] } } }),
    () => ({ get: 1, then: 2 }),
    () => () => 1,
    () => Symbol("x"),
  ];
  // Most calls are off the list, so that what is sent out is little; what ends the session is no part of this.
  const good = {
    __proto__: null,
    fetch: () => ({ url: pick([url, evil.origin, evil.origin, "x:", ""]), headers: [["x-fuzz", "1"]], method: pick(["GET", "HEAD", "x"]) }),
    // A lock that nobody holds says nothing, and a dedicated worker has the app on the same door.
    alive: () => ({ lock: pick(["tokenkeep-1", mode === "shared" ? `tokenkeep-${"a".repeat(36)}` : ""]) }),
    see: () => ({ visible: pick([true, false, 1]), online: true }),
    abort: () => ({ target: below(100) }),
    finish: () => ({ href: pick([`${callback}?code=x&state=y`, `${callback}?error=x&state=y`, "", "x"]) }),
    outcome: () => ({ key: pick(["x", "", "~", "key"]) }),
    enterToken: () => ({ token: "x" }),
  };

  function next(id) {
    // Some operations write to a store or ask a server.
    const op =
      random() < 0.15
        ? pick([...invented, ...inherited])
        : random() < 0.97
          ? pick(known.filter((one) => one !== "signIn" && one !== "userinfo"))
          : pick(known);
    let message = { v: 1, id, op, ...good[op]?.() };
    for (let changes = below(4); changes > 0; changes -= 1) {
      if (typeof message !== "object" || message === null) break;
      const kind = below(5);
      if (kind === 0) delete message[pick(keys)];
      else if (kind === 1) message[pick(keys)] = pick(junk)();
      else if (kind === 2) message = { ...message, [pick([...keys, ...inherited])]: pick(junk)() };
      else if (kind === 3)
        Object.defineProperty(message, "__proto__", { value: pick(junk)(), enumerable: true, configurable: true, writable: true });
      else if (random() < 0.2) message = pick([message, [message], { message }, pick(junk)()]);
    }
    const signsOut = message?.op === "signOut" || message?.op === "bye";
    return signsOut ? null : message;
  }

  const session = JSON.stringify((await ask({ v: 1, id: 900_000_000, op: "hello" })).ok);
  for (let at = 0; at < count; at += 1) {
    const message = next(at + 1);
    const transfer = random() < 0.01 ? [new MessageChannel().port1] : [];
    try {
      port.postMessage(message, transfer);
      tally.sent += 1;
    } catch {
      // What can't be cloned is no message.
      tally.unclonable += 1;
    }
    // The answer to a good one says that all before it were heard.
    if (at % 2_000 === 1_999) await ask({ v: 1, id: 900_000_001 + at, op: "hello" });
  }
  const after = JSON.stringify((await ask({ v: 1, id: 999_999_999, op: "hello" })).ok);
  const text = [...seen].join("\n");
  for (let at = 0; at < text.length; at += 4_000_000) evil.post(text.slice(at, at + 4_000_100));
  return { ...tally, same: session === after && session !== "null" };
}

/**
 * Runs in any document of the origin: two connections use the same ids at once. Resolves to what each was answered, and to
 * what the second got when it asked for, or ended, what the first one has under way.
 */
export async function useTwoPorts(evil, { slow, quick }) {
  const connect = async () => {
    const port = await evil.connect();
    const heard = [];
    evil.hear(port, (one) => heard.push(one));
    port.start?.();
    return { port, heard, said: (id) => heard.filter((one) => one.id === id) };
  };
  const [first, second] = [await connect(), await connect()];
  const until = async (condition) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const read = ({ ok, error }) => (ok ? [ok.status, ok.headers, new TextDecoder().decode(ok.body)].join(" ") : error.code);
  first.port.postMessage({ v: 1, id: 7, op: "fetch", url: slow, headers: [] });
  // The same id, asked for, ended and said goodbye to on another port.
  for (const message of [
    { id: 7, op: "abort", target: 7 },
    { id: 7, op: "stats" },
    { id: 8, op: "fetch", url: quick, headers: [] },
    { id: 7, op: "outcome", key: "x" },
  ]) {
    second.port.postMessage({ v: 1, ...message });
  }
  await until(() => second.said(8).length === 1);
  second.port.postMessage({ v: 1, id: 9, op: "bye" });
  await until(() => first.said(7).length === 1);
  return {
    first: first.heard.map(read),
    firstIds: first.heard.map(({ id }) => id),
    secondIds: [...new Set(second.heard.map(({ id }) => id))],
    second: second.said(8).map(read),
  };
}
