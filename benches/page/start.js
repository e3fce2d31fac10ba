// What the pages that start have in common: they tell the page around them how long they took.
const begun = performance.now();
const way = new URLSearchParams(location.search);

export const mode = way.get("mode");
export const options = { type: "module", name: way.get("name") };

/** Tells when `resumed` settles, counted from the first line of the script and from the navigation. */
export async function tell(resumed) {
  await resumed;
  const now = performance.now();
  parent.postMessage({ script: now - begun, navigation: now }, location.origin);
}
