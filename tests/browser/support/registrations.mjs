// What script that has got into a page does to have a service worker registered.

/**
 * Runs in the page: tries to have each of `urls` registered in every way that script has, and the first of them from each
 * of `documents` of the same origin, opened in a window. Resolves to what came of it, by way: a scope or an error's name.
 */
export async function tryToRegister({ urls, documents = [] }) {
  const came = {};
  const ready = (resolve) => (document.documentElement ? resolve() : new MutationObserver(resolve).observe(document, { childList: true }));
  await new Promise(ready);
  // Another realm of the origin, where no policy has been made yet.
  const frame = document.documentElement.appendChild(document.createElement("iframe"));
  const policy = frame.contentWindow.trustedTypes.createPolicy("tokenkeep", { createScriptURL: (url) => url });
  const outcome = async (work) => {
    try {
      return (await work()).scope;
    } catch ({ name }) {
      return name;
    }
  };
  const ways = [{}, { scope: "/" }, { scope: "/tokenkeep/", type: "module" }, { scope: "/tokenkeep/holder.js" }, { updateViaCache: "all" }];
  for (const url of urls) {
    for (const options of ways) {
      const register = () => navigator.serviceWorker.register(policy.createScriptURL(url), options);
      came[`${url} ${JSON.stringify(options)}`] = await outcome(register);
    }
  }
  for (const place of documents) came[`from ${place.slice(0, 30)}`] = await outcome(() => registerFrom(place));
  frame.remove();
  return came;

  async function registerFrom(place) {
    const opened = open(place);
    try {
      // Until it is the document that was asked for, or no longer to be reached.
      while (!opened.closed && opened.location.href === "about:blank") await new Promise((resolve) => setTimeout(resolve, 10));
      return await opened.navigator.serviceWorker.register(policy.createScriptURL(urls[0]));
    } finally {
      opened?.close();
    }
  }
}

/** Runs in the page: the scopes of what is registered. */
export const registeredScopes = async () => (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope);
