// django-oauth-toolkit in a Django site of its own, behind Django's own login page, with an API that the toolkit guards.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));

/**
 * Starts the site with the interpreter `python` on a loopback port. With `isPlain` the toolkit is as it comes: OpenID
 * Connect with no revocation in what it announces, no `iss` in its responses, and an API that says 403 and no more.
 */
export async function startDjangoServer({ python, isPlain = false }) {
  const scratch = mkdtempSync(join(tmpdir(), "tokenkeep-django-"));
  const own = { TOKENKEEP_SCRATCH: scratch, TOKENKEEP_PLAIN: isPlain ? "1" : "0", PYTHONDONTWRITEBYTECODE: "1" };
  const site = spawn(python, ["serve.py"], { cwd: folder, env: { ...process.env, ...own } });
  const ended = once(site, "close");
  const origin = `http://127.0.0.1:${await portOf(site, ended)}`;
  const ask = (action, body = {}) => control(origin, action, body);
  return {
    origin,
    issuer: `${origin}/o`,
    api: `${origin}/v1/`,
    scope: isPlain ? "openid files:read" : "files:read",
    revocation: isPlain ? "unsupported" : "confirmed",
    pages,
    refuse: { "#authorizationForm": (page) => page.click("#authorizationForm input[type=submit]:not([name])") },
    counts: async () => (await ask("tell")).counts,
    expireAccessTokens: () => ask("expire-access-tokens"),
    revokeGrants: () => ask("revoke-grants"),
    goodTokens: async () => (await ask("tell")).good_tokens,
    register: async (redirectUri) => (await ask("register", { redirect_uri: redirectUri })).client_id,
    async close() {
      site.stdin.end();
      await ended;
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

const pages = {
  "#login": async (page) => {
    await page.fill("#login input[name=username]", "ada");
    await page.fill("#login input[name=password]", "engine");
    await page.click("#login button");
  },
  "#authorizationForm": (page) => page.click("#authorizationForm input[name=allow]"),
};

/** The port that the site says once it is ready. */
async function portOf(site, ended) {
  const errors = [];
  site.stderr.on("data", (chunk) => errors.push(chunk));
  const said = once(createInterface(site.stdout), "line");
  const [port] = await Promise.race([said, ended.then(() => [null])]);
  if (port === null) throw new Error(`the Django site did not start:\n${Buffer.concat(errors)}`);
  return port;
}

async function control(origin, action, body) {
  const response = await fetch(`${origin}/control/${action}`, { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${action} was answered with ${response.status}`);
  return response.json();
}
