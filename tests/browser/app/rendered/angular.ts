import "@angular/compiler";
import { Component, type EnvironmentProviders, type Provider } from "@angular/core";
import { bootstrapApplication, provideClientHydration, type BootstrapContext } from "@angular/platform-browser";
import { provideAuth, useAuth } from "tokenkeep/angular";

import { auth } from "./auth.js";

@Component({
  selector: "app-root",
  template: `<b>{{ facts.status() }}</b>@if (facts.session(); as session) {<i>{{ session.claims?.sub }}</i>} @else {<p>wait</p>}`,
})
export class App {
  readonly facts = useAuth();
}

export const start = (more: (Provider | EnvironmentProviders)[] = [], context?: BootstrapContext) =>
  bootstrapApplication(App, { providers: [provideAuth(auth, { silent: true }), provideClientHydration(), ...more] }, context);
