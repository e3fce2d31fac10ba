import { connect } from "tokenkeep";

export const auth = connect(() =>
  globalThis.SharedWorker
    ? new SharedWorker(new URL("./holder.js", import.meta.url), { type: "module", name: "tokenkeep", extendedLifetime: true })
    : new Worker(new URL("./holder.js", import.meta.url), { type: "module", name: "tokenkeep" }),
);
