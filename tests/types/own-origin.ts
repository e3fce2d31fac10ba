// The holder on an origin of its own: both sides. Compiling is the test.

import type * as page from "tokenkeep";
import { TokenKeepError, connect, isTokenKeepError, type Auth, type ErrorCode, type Session } from "tokenkeep/remote";
import { isTokenKeepError as isTokenKeepErrorThere, serve, type ServeOptions } from "tokenkeep/serve";

const frame = "https://auth.example.com/frame";
const auth: Auth = connect(frame);
connect(new URL(frame));
// The same as on the app's own origin, whatever is behind it.
const same: page.Auth = auth;

export async function signInAndOut(): Promise<void> {
  const session: Session | null = await auth.resume({ silent: true });
  const popped: Session = await auth.signIn({ mode: "popup" });
  const response: Response = await auth.fetch("https://api.example.com/v1/files");
  await auth.signOut();
  void [session, popped, response, same];
}

const url = "/holder.js";
const options: ServeOptions = { apps: ["https://app.example.com"] };
const nothing: void = serve(new SharedWorker(url, { type: "module", name: "tokenkeep", extendedLifetime: true }), options);
serve(new Worker(url, { type: "module" }), { apps: ["https://app.example.com", "https://admin.example.com"] as const });
serve(() => (globalThis.SharedWorker ? new SharedWorker(url) : new Worker(url)), {
  ...options,
  onError: ({ code, message }) => void [code, message],
});

export function told(error: unknown): string {
  const codes: ErrorCode[] = [
    "TOKENKEEP_APP_REFUSED",
    "TOKENKEEP_FRAME_BLOCKED",
    "TOKENKEEP_FRAME_LOST",
    "TOKENKEEP_FRAME_SILENT",
    "TOKENKEEP_OPERATION_REFUSED",
    "TOKENKEEP_OTHER_SITE",
    "TOKENKEEP_SIGN_IN_UNKNOWN",
  ];
  if (isTokenKeepError(error) && codes.includes(error.code)) return error.message;
  return isTokenKeepErrorThere(error) || error instanceof TokenKeepError ? error.code : "";
}
void nothing;

// @ts-expect-error the frame's URL, not a worker
connect(new SharedWorker(url));
// @ts-expect-error the configuration is on the other origin
connect(frame, { clientId: "c" });
// @ts-expect-error the apps have to be named
serve(new SharedWorker(url));
// @ts-expect-error the apps have to be named
serve(new SharedWorker(url), {});
// @ts-expect-error a list, not one
serve(new SharedWorker(url), { apps: "https://app.example.com" });
// @ts-expect-error origins are text
serve(new SharedWorker(url), { apps: [/example/] });
// @ts-expect-error no such option
serve(new SharedWorker(url), { ...options, origins: [] });
// @ts-expect-error a worker, not its URL
serve(url, options);
// @ts-expect-error a port leads to a holder that somebody else has
serve(new MessageChannel().port1, options);
