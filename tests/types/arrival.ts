// Going on after a sign-in. Compiling is the test.

import type { Auth } from "tokenkeep";
import { goOn, type GoOnOptions } from "tokenkeep/arrival";

declare const auth: Auth;
declare const router: { push(path: string): Promise<void> };

const options: GoOnOptions = { navigate: (path) => router.push(path), fallback: "/inbox" };
export const went: Promise<string | null> = goOn(auth, options);
void goOn(auth);
// @ts-expect-error: a path, not a URL
void goOn(auth, { navigate: (url: URL) => url.href });
// @ts-expect-error: no session
void goOn(auth.session);
