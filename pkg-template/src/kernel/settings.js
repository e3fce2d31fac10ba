/** What `hold(config)` was given, as it was then: `config` as JSON text, `sink` for audit entries if that is a function. */
export function settings(config) {
  const { auditSink } = { __proto__: null, ...config };
  const sink = typeof auditSink === "function" ? auditSink : undefined;
  // Only a function is what `true` stands for in the text.
  const isSink = sink || auditSink === true;
  const told = isSink ? { ...config, auditSink: sink ? true : "true" } : config;
  return { config: toJson(told), sink };
}

// What JSON would leave out, refuse or turn into null is written as text, so that the mistake of passing it is told.
const isLost = (value) => ["function", "bigint", "symbol"].includes(typeof value) || (typeof value === "number" && !Number.isFinite(value));

/** The text of options, or none if there is none: nothing was given, or something that JSON can't say, since it refers to itself, say. */
export function toJson(value) {
  try {
    return JSON.stringify(value, (_, inner) => (isLost(inner) ? `[${typeof inner}]` : inner)) ?? "";
  } catch {
    return "";
  }
}
