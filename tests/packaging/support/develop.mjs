import { listen } from "../../../www/server/http.mjs";
import { until } from "../../browser/support/until.mjs";

/** Has `work(context, { origin })` done at the tool's own server, as its makers have set that up; answers whether there is one. */
export async function develop(project, { context, authorizationServer, api }, work) {
  const { port, close } = await listen(() => {});
  await close();
  const end = project.develop(port);
  if (!end) return false;
  const origin = `http://127.0.0.1:${port}`;
  const answers = () =>
    fetch(origin).then(
      ({ ok }) => ok,
      () => false,
    );
  try {
    authorizationServer.allow({ redirectUris: [`${origin}/callback`], origins: [origin] });
    api.allow({ origins: [origin] });
    await until(answers, "the development server", 120_000);
    await work(context, { origin });
    return true;
  } finally {
    await end();
  }
}
