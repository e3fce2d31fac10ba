// Everything that could be written to a log. Each function runs in a page or in the holder and stands alone.

/** Runs in the page, early: keeps what goes to handlers of errors and rejections. */
export function keepReports() {
  globalThis.reports = [];
  const keep = (value) => reports.push(String(value?.stack ?? value), JSON.stringify(value) ?? "");
  addEventListener("error", ({ error, message }) => (keep(message), keep(error)));
  addEventListener("unhandledrejection", ({ reason }) => keep(reason));
  document.addEventListener("securitypolicyviolation", (event) => reports.push(event.blockedURI, event.sourceFile));
}

/** Every word that the app could log of what it has and gets: errors with all that they have, events, answers, numbers. */
export async function everythingToLog(evil, { url, refused, redirected }) {
  const { auth, events } = app;
  const words = [];
  const look = (value) => {
    for (let object = value; object && object !== Object.prototype; object = Object.getPrototypeOf(object)) {
      for (const name of Reflect.ownKeys(object)) words.push(String(name), ...evil.strings(evil.read(value, name)));
    }
    words.push(String(value), ...evil.strings(value));
  };
  const attempt = async (work) => {
    try {
      const value = await work();
      look(value instanceof Response ? auth.explain(value) : value);
    } catch (error) {
      for (let cause = error, depth = 0; cause && depth < 5; cause = cause.cause, depth += 1) look(cause);
    }
  };
  const calls = [url, refused, redirected, "http://[", "data:,x"].flatMap((target) => [
    () => auth.fetch(target),
    () => auth.fetch(target, { method: "POST", body: "x", headers: { authorization: "mine" } }),
    () => auth.fetch(target, { signal: AbortSignal.abort() }),
  ]);
  const others = ["userinfo", "accessToken", "unlock", "stats", "audit"].map((name) => () => auth[name]());
  for (const work of [...calls, ...others, () => auth.enterToken("x"), () => auth.signIn({ returnTo: "//evil.test" })]) await attempt(work);
  for (const value of [auth, auth.session, auth.arrival, app.tokenkeep, ...events]) look(value);
  words.push(...globalThis.reports);
  return words.join("\n");
}

/** Runs in the holder, first of all: sends what it writes to the console to `url`. */
export function tapConsole(url) {
  for (const level of ["debug", "error", "info", "log", "trace", "warn"]) {
    console[level] = (...values) => void fetch(url, { method: "POST", mode: "no-cors", body: values.map(String).join(" ") });
  }
  globalThis.reportError = (error) => console.error(error?.stack ?? error);
  const report = ({ error, reason, message }) => console.error(message, error?.stack, reason?.stack);
  for (const type of ["error", "unhandledrejection"]) globalThis.addEventListener(type, report);
}
