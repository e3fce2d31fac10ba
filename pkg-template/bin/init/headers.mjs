// The policies of docs/security/headers.md, for one app.

const closed = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const typed = "require-trusted-types-for 'script'; trusted-types";

/** By what they are for: the policies of pages and of the holder's file. `types` are the names that the framework's own code needs, `wasm` says that pages run WebAssembly. */
export function policiesFor({ app, issuer, apis, types, wasm }) {
  const origins = [...new Set([issuer, ...apis].map((url) => new URL(url).origin))].join(" ");
  const names = ["tokenkeep", ...types].join(" ");
  const own = `script-src 'self'${wasm ? " 'wasm-unsafe-eval'" : ""}; worker-src ${app}/tokenkeep/holder.js; connect-src 'self'`;
  const seen = "style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
  const worker = `script-src 'self' 'wasm-unsafe-eval'; connect-src ${origins}; worker-src 'none'`;
  return {
    pages: `default-src 'none'; ${own}; ${seen}; ${typed} ${names}`,
    worker: `default-src 'none'; ${worker}; ${closed}; ${typed} 'none'`,
  };
}
