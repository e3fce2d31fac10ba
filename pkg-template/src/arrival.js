import { fail } from "./errors.js";
import { readdress } from "./place.js";

const met = new WeakSet();

/** Goes on where the sign-in began that `auth.resume()` has finished on this page, once; see arrival.d.ts. */
export async function goOn(auth, { navigate, fallback } = {}) {
  if (!auth?.resume) throw fail("AUTH_MISSING", "give goOn() the auth of connect()");
  if (navigate !== undefined && typeof navigate !== "function")
    throw fail("CONFIG_INVALID", "goOn() takes a function as navigate, such as (path) => router.push(path)");
  const { arrival } = auth;
  // A popup's page has only to close itself.
  if (!arrival || arrival.popup || met.has(arrival)) return null;
  const target = pathOf(arrival.returnTo ?? fallback ?? location.href);
  met.add(arrival);
  await (navigate ? navigate(target) : readdress({ returnTo: target }));
  return target;
}

/** A URL of this origin as a path, which nobody may take for another host's. */
function pathOf(target) {
  const { origin, href } = location;
  const whole = typeof target === "string" && URL.canParse(target, href) ? new URL(target, href).href : "";
  const path = whole.startsWith(`${origin}/`) ? whole.slice(origin.length) : "//";
  if (!path.startsWith("//")) return path;
  throw fail("RETURN_TARGET_REFUSED", "goOn() leads to a path of this application, such as /inbox");
}
