const probe = "tokenkeep-site";

/**
 * Whether this document is of the same site as the page that frames it: only there a cookie can be set that is for that site
 * alone. Storage and workers are shared with the rest of this origin in the same case.
 */
export function isSameSite() {
  const more = `; SameSite=Strict; Path=${location.pathname}${location.protocol === "https:" ? "; Secure" : ""}`;
  document.cookie = `${probe}=1${more}`;
  const isSet = document.cookie.split("; ").includes(`${probe}=1`);
  document.cookie = `${probe}=; Max-Age=0${more}`;
  return isSet;
}
