// The worker: the configuration is fixed here, where no script of the app's origin reaches.
import { hold } from "./tokenkeep/holder.js";

hold({
  issuer: "https://as.example.com",
  clientId: "my-spa",
  redirectUri: "https://auth.example.com/callback",
  postLogoutRedirectUri: "https://auth.example.com/callback",
  scope: "openid files:read",
  resourceServers: ["https://api.example.com/v1/"],
});
