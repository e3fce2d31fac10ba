// Where an app might be asked to lead people after a sign-in.

/** Hostile targets; `app` is the app's origin. */
export const hostileTargets = (app) => [
  "https://evil.test/", "//evil.test", "///evil.test", "/\\evil.test", "\\\\evil.test", "\\/evil.test", "/\t/evil.test", "/\n/evil.test", "\t//evil.test",
  " //evil.test", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "blob:x", "https:evil.test", "https:/evil.test", "evil.test",
  ".//evil.test", "https://app.rig.test@evil.test/", "https://app.rig.test.evil.test/", "http://app.rig.test/", "/a\u0000b", `/${"x".repeat(3_000)}`, "",
  `${app}@evil.test/`, `${app}.evil.test/`, `${app}//evil.test`,
];
