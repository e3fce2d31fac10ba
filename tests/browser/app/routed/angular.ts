// HttpClient by way of auth.fetch.

import "@angular/compiler";
import { HttpClient, HttpContext, provideHttpClient, withInterceptors } from "@angular/common/http";
import { Component, inject } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import { lastValueFrom } from "rxjs";
import { provideAuth, useAuth } from "tokenkeep/angular";
import { authInterceptor, authOptions } from "tokenkeep/angular/http";

import { auth } from "./auth.js";

@Component({ selector: "app-root", template: "<b>{{ facts.status() }}</b> {{ facts.session()?.claims?.sub }}" })
class App {
  readonly facts = useAuth();

  constructor() {
    const http = inject(HttpClient);
    /** The answer, or what a program can tell of the error. */
    const send = (method: string, url: string, { own, ...options }: Record<string, object> = {}) => {
      const context = new HttpContext().set(authOptions, own ?? {});
      return lastValueFrom(http.request(method, url, { observe: "response", context, ...options })).then(
        ({ status, body, headers }) => ({ status, body, type: headers.get("content-type") }),
        ({ name, status, error }) => ({ name, status, error: error?.name === "TokenKeepError" ? error.code : (error?.name ?? error) }),
      );
    };
    const giveUp = (url: string) => http.get(url).subscribe();
    Object.assign(globalThis, { send, giveUp });
  }
}

const { urls } = globalThis as unknown as { urls: string[] };
bootstrapApplication(App, { providers: [provideAuth(auth), provideHttpClient(withInterceptors([authInterceptor(auth, ...urls)]))] });
