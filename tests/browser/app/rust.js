// The page of the Rust client: not bundled, so that the browser resolves `tokenkeep` by its import map.
import init, * as rust from "/rust/stage.js";

const ready = init().then(() => rust.connect("/holder.js"));

const outcome = async (work) => {
  try {
    await ready;
    return { value: await work() };
  } catch (error) {
    return { error };
  }
};

/** How often each outcome came, of `count` numbered POST requests sent at once. */
async function burst(url, count) {
  const calls = Array.from({ length: count }, (_, n) => outcome(() => rust.post(url, n)));
  const tally = {};
  for (const { value, error } of await Promise.all(calls)) {
    const word = value ?? error.code;
    tally[word] = (tally[word] ?? 0) + 1;
  }
  return tally;
}

// There when the page is, and whoever calls waits for the module.
const auth = {
  signIn: (options) => ready.then(() => rust.signIn(options?.returnTo)),
  resume: () => ready.then(rust.resume),
  stats: rust.stats,
  get session() {
    return rust.session();
  },
};
globalThis.app = { auth, rust, outcome, burst };
