import { fail } from "../errors.js";

/** What everybody hears who waited for a core that broke down. */
export const restarted = () => fail("HOLDER_RESTARTED", "the holder met an error of its own and started anew, without the session; call signIn() again");

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
  const watched = (name) => (...given) => {
    if (over) throw restarted();
    try {
      return Reflect.apply(core[name], core, given);
    } catch {
      if (!over) end();
      throw restarted();
    }
  };
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(core));
  return Object.fromEntries(names.map((name) => [name, watched(name)]));
}
