import { hold } from "tokenkeep/holder";

hold({
  issuer: import.meta.env.VITE_ISSUER,
  clientId: "my-spa",
  redirectUri: "/callback",
  scope: "openid files:read",
  resourceServers: ["https://api.example.com/v1/"],
});
