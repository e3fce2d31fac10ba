// tokenkeep/angular as an application uses it. Compiling is the test.

import { HttpContext, provideHttpClient, withInterceptors } from "@angular/common/http";
import type { ApplicationConfig, Signal } from "@angular/core";
import { provideRouter, type CanActivateFn } from "@angular/router";
import { connect, type Session } from "tokenkeep";
import { authGuard, provideAuth, useAuth, type useSession, type AuthStatus } from "tokenkeep/angular";
import { authInterceptor, authOptions } from "tokenkeep/angular/http";

import { same } from "./same.js";

const auth = connect(() => new SharedWorker("/holder.js", { type: "module" }));
const guard: CanActivateFn = authGuard;

export const config: ApplicationConfig = {
  providers: [
    provideAuth(auth, { silent: true, signIn: { scope: "openid" }, onArrival: ({ returnTo }) => console.log(returnTo) }),
    provideRouter([{ path: "", children: [], canActivate: [guard] }]),
    provideHttpClient(withInterceptors([authInterceptor(auth, "https://api.example.com/v1/", "https://mail.example.com/")])),
  ],
};
export const context = new HttpContext().set(authOptions, { stepUp: true });
// @ts-expect-error: no such option.
context.set(authOptions, { stepDown: true });

export function component(): void {
  const { status, error, signIn } = useAuth();
  same<typeof status, Signal<AuthStatus>>(true);
  same<typeof error, Signal<Error | null>>(true);
  same<ReturnType<typeof useSession>, Signal<Session | null>>(true);
  void signIn();
}
