import { TokenKeepError, fail } from "../errors.js";
import { readable } from "./captured.js";

// The wasm's memory never shrinks. What servers answer is limited to less.
export const longest = 1 << 22;

/** What everybody hears who waited for a core that broke down. */
export const restarted = () =>
  fail("HOLDER_RESTARTED", "the holder met an error of its own and started anew, without the session; call signIn() again");

/** The error that the core describes as `json`. */
export const refusalOf = (json) => new TokenKeepError(JSON.parse(json));

/** `text` as the core's glue is to be given it. */
export const legible = (text) => (PAGE ? readable(text) : text);

/**
 * `core`, whose first call that throws is its last: what that left half done can't be trusted. `broke` is called then, once;
 * that call and all after it throw.
 */
export function guarded(core, broke) {
  let over = false;
  const end = () => {
    over = true;
    // Nothing may reach the memory of the instance that comes next by this one's address.
    core.__destroy_into_raw();
    broke();
  };
  const watched =
    (name) =>
    (...given) => {
      if (over) throw restarted();
      for (let n = 0; n < given.length; n += 1) {
        if (given[n]?.length > longest) throw fail("REQUEST_REFUSED", "a URL or an option is too long");
        given[n] = legible(given[n]);
      }
      try {
        return Reflect.apply(core[name], core, given);
      } catch {
        if (!over) end();
        throw restarted();
      }
    };
  const calls = { __proto__: null };
  for (const name of Reflect.ownKeys(Reflect.getPrototypeOf(core))) calls[name] = watched(name);
  return calls;
}
