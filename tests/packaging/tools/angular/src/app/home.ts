import { Component, signal } from "@angular/core";

import { auth, ready } from "./auth";

@Component({
  selector: "app-home",
  template: `
    <p id="build">first build</p>
    <p id="who">{{ who() }}</p>
    <button type="button" id="sign-in" (click)="signIn()">Sign in</button>
    <button type="button" id="call" (click)="call()">Call</button>
    <p id="answer">{{ answer() }}</p>
  `,
})
export class Home {
  readonly who = signal("");
  readonly answer = signal("");

  constructor() {
    const show = () => this.who.set(auth.session ? "somebody" : "nobody");
    auth.subscribe(show);
    void ready.then(show);
  }

  signIn() {
    void auth.signIn({ returnTo: "/" });
  }

  async call() {
    this.answer.set("");
    const { url } = await (await fetch("/api.json")).json();
    this.answer.set(String((await auth.fetch(url)).status));
  }
}
