import { connect } from "tokenkeep";

export const auth = connect(
  () => new SharedWorker(new URL("./holder.js", import.meta.url), { type: "module", name: "tokenkeep", extendedLifetime: true }),
);
