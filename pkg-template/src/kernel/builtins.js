// In page mode the bundler puts these in the place of the globals of their names, in the files through which tokens pass.
export {
  Date,
  FinalizationRegistry,
  Map,
  Promise,
  Reflect,
  TextDecoder,
  TextEncoder,
  Uint8Array,
  Uint32Array,
  WebAssembly,
  crypto,
  fetch,
  performance,
} from "./captured.js";
