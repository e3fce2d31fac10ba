import { stories as bodies } from "./bodies.mjs";
import { stories as interception } from "./interception.mjs";
import { stories as leaving } from "./leaving.mjs";
import { stories as sessions } from "./sessions.mjs";
import { stories as signingIn } from "./signing-in.mjs";

/** Every story as `{ name, modes, tell }`, with `options` of its stage, and the `event` that it notes the outcome of, if any. */
export const stories = [...signingIn, ...sessions, ...bodies, ...interception, ...leaving];
