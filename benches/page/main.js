import { report } from "./site.js";

// The path names the script that does the work.
const name = location.pathname.slice(1);

try {
  const { run } = await import(`./${name}.js`);
  await report({ result: await run() });
} catch (error) {
  await report({ failure: `${name}: ${error?.stack ?? error}` });
}
