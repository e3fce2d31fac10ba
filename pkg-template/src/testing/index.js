import { FakeAuth } from "./fake-auth.js";

export { TokenKeepError, isTokenKeepError } from "../errors.js";
export { tokenKeepError } from "./refusals.js";

/** An `auth` for tests: the same face, no holder, no server, no token. */
export const fakeAuth = (options) => new FakeAuth(options);
