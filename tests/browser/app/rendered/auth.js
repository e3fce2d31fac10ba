import { connect, isTokenKeepError } from "tokenkeep";

export const auth = connect(() => new SharedWorker("/holder.js", { type: "module", name: "tokenkeep", extendedLifetime: true }));

/** What a program can tell of the error that `work` throws. */
export function refusal(work) {
  try {
    return work();
  } catch (error) {
    return [error.code, isTokenKeepError(error)];
  }
}

/** Tells whoever started this program what came of it. */
export const tell = (facts) => console.log(JSON.stringify(facts));
