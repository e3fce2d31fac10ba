// What the pages that start have in common: they tell the page around them how long they took.
const begun = performance.now();
const way = new URLSearchParams(location.search);

const name = way.get("name");

export const mode = way.get("mode");
// A first page's worker must not outlive it.
export const options = { type: "module", name, extendedLifetime: name === "running" };

/** Tells when `resumed` settles, counted from the first line of the script and from the navigation, and what with. */
export async function tell(resumed) {
  const session = await resumed;
  const now = performance.now();
  parent.postMessage({ script: now - begun, navigation: now, isSignedIn: session !== null }, location.origin);
}
