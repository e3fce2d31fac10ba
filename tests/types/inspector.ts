import type { Auth } from "tokenkeep";
import { type InspectorElement, debug, defineInspector, inspect, print, recordRequests } from "tokenkeep/inspector";
import { hold } from "tokenkeep/holder";

declare const auth: Auth;

const stop: () => void = debug(auth, (line) => line.toUpperCase());
stop();
defineInspector();
const element = document.createElement("tokenkeep-inspector") as InspectorElement;
element.auth = auth;
export const left: Promise<number | null> = inspect(auth).then(({ timers }) => timers.expiresIn);
const recorded: typeof fetch = recordRequests(auth);
export const answered: Promise<Response> = recorded("/files", { method: "POST" });
void recordRequests(auth)("/files", { tokenkeep: { retry: 2 } });
export const slow = inspect(auth).then(({ requests }) => requests.filter(({ ms }) => ms === null || ms > 1_000));
// @ts-expect-error: a session without claims
void inspect(auth).then(({ session }) => session?.claims);

hold({ issuer: "https://as.example.com", clientId: "x", redirectUri: "/callback", resourceServers: [], auditSink: print });
