import { TokenKeepError } from "../errors.js";

/** As Rust's table of errors has them, which scripts/test/tables.test.mjs compares. */
const messages = {
  END_SESSION_UNAVAILABLE:
    "signed out here; the authorization server's metadata has no end_session_endpoint, or there was no session: call signOut() without endSession",
  LOCKED: "the session was locked because of an anomaly; look at auth.audit(), then call auth.unlock()",
  LOGIN_REQUIRED: "no session (%); call signIn()",
  REDIRECT_REFUSED:
    "the API answered with a redirect, which would carry the token on; call its target directly (often only a slash at the end differs)",
  TARGET_REFUSED: "no configured resource server covers this URL; add it to resourceServers or use plain fetch",
  TOKEN_MALFORMED: "this can't be a token; enter it as the service showed it, without spaces",
  TOKEN_NOT_ACCEPTED: "this holder takes no tokens; hold({ acceptToken: true }) allows this",
  TOKEN_NOT_EXPOSED: "the token stays in the holder; hold({ exposeAccessToken: true }) allows this",
  USERINFO_UNAVAILABLE: "userinfo needs a session with an ID token (scope openid) and a userinfo_endpoint in the metadata",
};

/** The error with which the holder refuses. */
export const refusal = (name, reason) =>
  new TokenKeepError({ code: `TOKENKEEP_${name}`, message: messages[name].replace("%", reason), reason });

/** An error such as the package throws, for a test's own answers to throw. */
export function tokenKeepError(code, details) {
  if (!/^TOKENKEEP_[A-Z_]+$/.test(code)) throw misuse("code", `"${code}" is none of ErrorCode, such as TOKENKEEP_NETWORK`);
  return new TokenKeepError({ message: `a test has asked for ${code}`, ...details, code });
}

/** The error for what a test has got wrong. */
export const misuse = (option, cure) =>
  new TokenKeepError({ code: "TOKENKEEP_CONFIG_INVALID", message: `fakeAuth: ${option} ${cure}`, option });
