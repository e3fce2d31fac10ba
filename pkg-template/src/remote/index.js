import { Auth } from "../client/auth.js";
import { fail } from "../errors.js";
import { RemoteTransport } from "./transport.js";

export { TokenKeepError, isTokenKeepError } from "../errors.js";

/** Connects this page to the holder on another origin of the same site, whose frame page is at `frame`. */
export function connect(frame) {
  const { location } = globalThis;
  const url = URL.canParse(frame, location?.href) ? new URL(frame, location?.href) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw fail("CONFIG_INVALID", "connect() takes the URL of the frame page at the holder's origin");
  if (url.origin === location?.origin)
    throw fail(
      "CONFIG_INVALID",
      `${url.href} is on this page's own origin; put the holder on another one, or connect to its worker with tokenkeep`,
    );
  const transport = new RemoteTransport(url);
  // Nothing of a response is in this page's URL. Why there is no frame is told by whatever needs it.
  return new Auth(transport, () => transport.arrived().catch(() => {}));
}
