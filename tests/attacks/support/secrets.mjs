// What counts as a canary: all that the authorization server ever handed out or was shown.

const names = { access_token: "access token", refresh_token: "refresh token", id_token: "ID token" };

const asked = { state: "state", nonce: "nonce", code_challenge: "code challenge" };

/**
 * Follows what `provider` issues and sees. The list of `{ name, value }` grows as it happens. With `requests`, what the
 * authorization requests carry counts as well: it is no secret, but where sign-ins start elsewhere no app has seen it.
 */
export function followSecrets(provider, { requests = false } = {}) {
  const secrets = [];
  const add = (name, value) => {
    if (value && !secrets.some((known) => known.value === value)) secrets.push({ name, value });
  };
  provider.on("authorization.success", (ctx, answer) => add("code", answer.code));
  provider.on("grant.success", ({ body, oidc: { params } }) => {
    for (const [member, name] of Object.entries(names)) add(name, body[member]);
    add("code verifier", params.code_verifier);
  });
  const request = ({ oidc: { params } }) => {
    for (const [parameter, name] of Object.entries(asked)) add(name, params[parameter]);
  };
  const moments = ["interaction.started", "authorization.accepted", "authorization.success"];
  if (requests) for (const moment of moments) provider.on(moment, request);
  provider.on("grant.error", ({ oidc }) => add("code verifier", oidc.params?.code_verifier));
  return { secrets, add };
}
