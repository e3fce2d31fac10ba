import { Auth } from "../client/auth.js";
import { fail } from "../errors.js";
import { keepTicket, takeTicket } from "./ticket.js";
import { RemoteTransport } from "./transport.js";

export { TokenKeepError, isTokenKeepError } from "../errors.js";

/** Connects this page to the holder on another origin of the same site, whose frame page is at `frame`. */
export function connect(frame) {
  const url = URL.canParse(frame, location.href) ? new URL(frame, location.href) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw fail("CONFIG_INVALID", "connect() takes the URL of the frame page at the holder's origin");
  if (url.origin === location.origin) throw fail("CONFIG_INVALID", `${url.href} is on this page's own origin; put the holder on another one, or connect to its worker with tokenkeep`);
  return new Auth(new RemoteTransport(url), { scrub: takeTicket, restore: keepTicket });
}
