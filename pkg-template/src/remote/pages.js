/** `href`, seen from `base`, as an absolute URL if it is that of a page of `origin`. */
export function pageOf(origin, href, base) {
  const url = typeof href === "string" && URL.canParse(href, base) ? new URL(href, base) : undefined;
  // Other kinds of URL have an origin too: that of a blob is its maker's.
  return url?.origin === origin && /^https?:/.test(url.protocol) ? url.href : undefined;
}
