import type { Auth } from "tokenkeep";
import { type InspectorElement, debug, defineInspector, inspect, print } from "tokenkeep/inspector";
import { hold } from "tokenkeep/holder";

declare const auth: Auth;

const stop: () => void = debug(auth, (line) => line.toUpperCase());
stop();
defineInspector();
const element = document.createElement("tokenkeep-inspector") as InspectorElement;
element.auth = auth;
export const left: Promise<number | null> = inspect(auth).then(({ timers }) => timers.expiresIn);
// @ts-expect-error: a session without claims
void inspect(auth).then(({ session }) => session?.claims);

hold({ issuer: "https://as.example.com", clientId: "x", redirectUri: "/callback", resourceServers: [], auditSink: print });
