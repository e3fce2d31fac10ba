// The attacker's own client: a request of its own, its own verifier and its own key, all made far from the browser.

import { createHash, randomBytes } from "node:crypto";

import { proofKey } from "../../../www/server/test-client.mjs";
import { scope } from "../../browser/support/stage.mjs";

const random = () => randomBytes(32).toString("base64url");

/**
 * An authorization request that asks the person nothing; `popup` has a `state` as the package's own popups have. It comes
 * back to `callback`, in the `responseMode` of the server.
 */
export async function ownFlow(rig, { popup = false, callback = rig.home.callback, responseMode } = {}) {
  const [verifier, state, key] = [random(), `${popup ? "p" : ""}${random()}`, await proofKey()];
  const parameters = new URLSearchParams({
    client_id: "tokenkeep-demo",
    redirect_uri: callback,
    response_type: "code",
    scope,
    state,
    prompt: "none",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...(responseMode && { response_mode: responseMode }),
  });
  return { url: `${rig.as.issuer}/auth?${parameters}`, callback, state, verifier, key };
}

/** Redeems the code in a URL with whatever key; the tokens, or undefined. */
export async function redeem(rig, href, { verifier, key, proof, callback = rig.home.callback }) {
  const code = new URL(href).searchParams.get("code");
  const url = `${rig.as.issuer}/token`;
  const form = { grant_type: "authorization_code", client_id: "tokenkeep-demo", code, redirect_uri: callback };
  const body = new URLSearchParams({ ...form, ...(verifier && { code_verifier: verifier }) });
  const dpop = proof ?? (await key?.prove({ method: "POST", url }));
  const { status, text } = await rig.fromOutside(url, { method: "POST", body, headers: dpop && { dpop } });
  return status === 200 ? JSON.parse(text) : undefined;
}

/** The API's answer to these tokens, from the attacker's own machine. */
export async function use(rig, { access_token: accessToken, token_type: type }, { key, proof } = {}) {
  const url = rig.v1("files");
  const dpop = proof ?? (await key?.prove({ method: "GET", url, accessToken }));
  const headers = { authorization: `${type} ${accessToken}`, ...(dpop && { dpop }) };
  return (await rig.fromOutside(url, { headers })).status;
}

/**
 * What comes of the URLs that reached the attacker: whether a set of tokens of its own does that it can use and renew
 * where it is.
 */
export async function makeUseOf(rig, flow) {
  const [href] = rig.evil.loot();
  const tokens = href && (await redeem(rig, href, flow));
  if (!tokens) return "stopped";
  if ((await use(rig, tokens, flow)) !== 200) throw new Error("the tokens are of no use");
  return "works";
}
