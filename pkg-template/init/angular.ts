import { Component, afterNextRender, inject, signal } from "@angular/core";
import { Router } from "@angular/router";

import { auth, ready } from "%AUTH%";

@Component({ selector: "app-callback", template: `<p role="status">{{ problem() || "Signing in" }}</p>` })
export class Callback {
  readonly problem = signal("");

  constructor() {
    const router = inject(Router);
    afterNextRender(() => {
      ready.then(
        () => void router.navigateByUrl(auth.arrival?.returnTo ?? "/", { replaceUrl: true }),
        ({ message }) => this.problem.set(message),
      );
    });
  }
}
