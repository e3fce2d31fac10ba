// What counts as a canary: all that the authorization server ever handed out or was shown.

const names = { access_token: "access token", refresh_token: "refresh token", id_token: "ID token" };

/** Follows what `provider` issues and sees. The list of `{ name, value }` grows as it happens. */
export function followSecrets(provider) {
  const secrets = [];
  const add = (name, value) => {
    if (value && !secrets.some((known) => known.value === value)) secrets.push({ name, value });
  };
  provider.on("authorization.success", (ctx, answer) => add("code", answer.code));
  provider.on("grant.success", ({ body, oidc: { params } }) => {
    for (const [member, name] of Object.entries(names)) add(name, body[member]);
    add("code verifier", params.code_verifier);
  });
  provider.on("grant.error", ({ oidc }) => add("code verifier", oidc.params?.code_verifier));
  return { secrets, add };
}
