import { hold } from "tokenkeep/holder";

hold({
  issuer: "https://as.example.com",
  clientId: "my-spa",
  redirectUri: "https://app.example.com/callback",
  scope: "openid files:read",
  resourceServers: ["https://api.example.com/v1/"],
});
