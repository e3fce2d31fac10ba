const brand = Symbol.for("tokenkeep.error");
const details = ["option", "error", "errorDescription", "reason", "issuer", "url"];

/** An error with a frozen `code`. Holds no token, no request and no response. */
export class TokenKeepError extends Error {
  constructor({ code, message, ...rest }) {
    super(message);
    this.code = code;
    for (const name of details) if (rest[name] != null) this[name] = rest[name];
  }

  get name() {
    return "TokenKeepError";
  }

  get [brand]() {
    return true;
  }
}

/** Nobody can add to a class or change it. */
export const freeze = (Class) => Object.freeze(Object.freeze(Class).prototype);

freeze(TokenKeepError);

/** Works across realms, where `instanceof` doesn't. */
export const isTokenKeepError = (value) => Object(value) === value && value[brand] === true;

export const fail = (code, message) => new TokenKeepError({ code: `TOKENKEEP_${code}`, message });

/** An error as plain data that may cross a port: known members only. */
export function toData(error) {
  if (!isTokenKeepError(error)) return { name: String(error?.name ?? "TypeError"), message: String(error?.message ?? "request failed") };
  const data = { code: error.code, message: error.message };
  for (const name of details) if (error[name] != null) data[name] = error[name];
  return data;
}

/** The error that `toData` described, as the same kind of error. */
export function fromData(data) {
  if (data.code) return new TokenKeepError(data);
  return data.name === "TypeError" ? new TypeError(data.message) : new DOMException(data.message, data.name);
}
