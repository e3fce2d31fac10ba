// What the attacker does at home with what it has.

import { proofKey } from "../../../www/server/test-client.mjs";
import { scan } from "./scanner.mjs";

/**
 * Uses every token that reached the attacker: refresh tokens at the authorization server, access tokens at the API; as
 * they are, and with proofs by a key of its own. Resolves to what was granted, in words.
 */
export async function replay(rig) {
  const values = (name) => [...new Set(scan(rig.evil.text(), rig.secrets(name)).map(({ value }) => value))];
  const key = await proofKey();
  const granted = new Set();
  // Of all the refresh tokens only the newest works, and using an older one would end them all.
  const [refreshToken] = values("refresh token").slice(-1);
  for (const accessToken of values("access token")) {
    if (await opens(rig, accessToken, key)) granted.add("the access token at the API");
  }
  for (const prove of refreshToken ? [undefined, key.prove] : []) {
    const renewed = await refresh(rig, refreshToken, prove);
    if (!renewed) continue;
    granted.add("the refresh token at the authorization server");
    if (await opens(rig, renewed.access_token, key)) granted.add("a new access token at the API");
  }
  return [...granted].sort();
}

async function opens(rig, accessToken, { prove }) {
  const url = rig.v1("files");
  const dpop = await prove({ url, accessToken });
  const tries = [{ authorization: `Bearer ${accessToken}` }, { authorization: `DPoP ${accessToken}`, dpop }];
  const answers = await Promise.all(tries.map((headers) => rig.fromOutside(url, { headers })));
  return answers.some(({ status }) => status === 200);
}

async function refresh(rig, refreshToken, prove) {
  const url = `${rig.as.issuer}/token`;
  const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken, client_id: "tokenkeep-demo" });
  // From a machine of its own the attacker says what it likes of where a request comes from.
  const headers = { origin: rig.origins.app, ...(prove && { dpop: await prove({ method: "POST", url }) }) };
  const { status, text } = await rig.fromOutside(url, { method: "POST", body, headers });
  return status === 200 ? JSON.parse(text) : null;
}
