import { Component } from "@angular/core";
import { RouterOutlet } from "@angular/router";
import { useAuth } from "tokenkeep/angular";

@Component({
  selector: "app-root",
  imports: [RouterOutlet],
  template: `
    @switch (status()) {
      @case ("loading") { <p>Just a moment</p> }
      @case ("error") { <p role="alert">{{ error()?.message }}</p> }
      @case ("signed-out") { <button (click)="signIn()">Sign in</button> }
    }
    <div [hidden]="status() !== 'signed-in'"><router-outlet /></div>
  `,
})
export class App {
  readonly status = useAuth().status;
  readonly error = useAuth().error;
  readonly signIn = useAuth().signIn;
}
