// The worker that holds the tokens. Its configuration is yours; npx tokenkeep init --update renews what is below it.
/** @type {import("tokenkeep/holder").Config} */
const configuration = {
  issuer: %ISSUER%,
  clientId: %CLIENT_ID%,
  redirectUri: %REDIRECT_URI%,
  scope: %SCOPE%,
  resourceServers: %APIS%,
};

