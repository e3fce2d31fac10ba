import "@angular/compiler"; // The Angular CLI compiles templates beforehand, and needs no such line.
import { provideHttpClient, withInterceptors } from "@angular/common/http";
import { bootstrapApplication } from "@angular/platform-browser";
import { provideRouter } from "@angular/router";
import { authGuard, provideAuth } from "tokenkeep/angular";
import { authInterceptor } from "tokenkeep/angular/http";

import { App } from "./app";
import { auth } from "./auth";
import { Files } from "./files";

bootstrapApplication(App, {
  providers: [
    provideAuth(auth),
    provideRouter([{ path: "**", component: Files, canActivate: [authGuard] }]),
    provideHttpClient(withInterceptors([authInterceptor(auth, "https://api.example.com/v1/")])),
  ],
});
