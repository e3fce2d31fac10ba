// The auth for tests, as a test uses it. Compiling is the test.

import type { Auth } from "tokenkeep";
import {
  fakeAuth,
  isTokenKeepError,
  tokenKeepError,
  type ErrorDetails,
  type FakeAuth,
  type FakeAuthOptions,
  type FakeCall,
  type FakeMethod,
  type Route,
  type RouteAnswer,
  type TokenKeepError,
} from "tokenkeep/testing";

const details: ErrorDetails = { error: "access_denied", message: "no" };
const failure: TokenKeepError = tokenKeepError("TOKENKEEP_AUTHORIZATION_ERROR", details);
const answer: RouteAnswer = [{ id: 1 }];
const route: Route = async (request, { idempotencyKey }) => Response.json({ url: request.url, idempotencyKey });
const options: FakeAuthOptions = {
  session: { scope: "openid files:read" },
  claims: { sub: "ada", role: "admin" },
  arrival: { returnTo: "/inbox" },
  routes: { "GET https://api.example.com/v1/files": answer, "POST https://api.example.com/v1/files": route },
  resourceServers: ["https://api.example.com/v1/", { url: "https://files.example.com/" }],
  userinfo: { name: "Ada" },
  accessToken: "x",
  acceptToken: true,
  explain: () => null,
  stats: { queued: 1 },
};

const auth: FakeAuth = fakeAuth(options);
// What takes an Auth takes this one.
const real: Auth = auth;
const every: Auth = fakeAuth();
auth.fire("signedout", { reason: "revoked" });
auth.fire("signedin");
auth.failNext("signIn", "TOKENKEEP_POPUP_CLOSED", details);
auth.route("GET https://api.example.com/v1/files", 1);
auth.reset({ session: null });
const calls: readonly FakeCall[] = auth.calls;
const method: FakeMethod | undefined = calls[0]?.method;
const url: string | undefined = calls[0]?.request?.url;
void [failure, isTokenKeepError(failure), real, every, method, url];

// @ts-expect-error there is no such event
auth.fire("signedOut");
// @ts-expect-error there is no such reason
auth.fire("signedout", { reason: "bored" });
// @ts-expect-error there is no such code
auth.failNext("fetch", "TOKENKEEP_OOPS");
// @ts-expect-error only calls that are recorded can fail
auth.failNext("subscribe", "TOKENKEEP_NETWORK");
// @ts-expect-error what belongs to tests is no part of an Auth
real.fire("signedout");
// @ts-expect-error there is no such option
fakeAuth({ sesion: null });
