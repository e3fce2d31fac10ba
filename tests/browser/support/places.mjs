// The holder where docs/security/headers.md puts it: one file that imports nothing, in a folder of its own.

export const holderPlace = "/tokenkeep/holder.js";
const script = "text/javascript; charset=utf-8";
const configuration = /^import \{ config(?: as (\w+))? \} from "\/config\.js";$/m;

/** The app server's file of a holder whose bundle imports the configuration: it has `shown.config` in it instead. */
export function inPlace(bundle, shown) {
  const text = () => bundle.replace(configuration, (_, name = "config") => `const ${name} = ${shown.config};`);
  if (!configuration.test(bundle)) throw new Error("the holder's bundle imports no configuration");
  return { [holderPlace]: () => [script, text()] };
}
