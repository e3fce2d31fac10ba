import { HttpClient } from "@angular/common/http";
import { Component, inject, signal } from "@angular/core";
import { useAuth } from "tokenkeep/angular";

interface Answer {
  files: { name: string }[];
}

@Component({
  template: `
    <button (click)="auth.signOut()">Sign out {{ session()?.claims?.sub }}</button>
    @for (file of files(); track file.name) { <li>{{ file.name }}</li> }
  `,
})
export class Files {
  readonly auth = useAuth().auth;
  readonly session = useAuth().session;
  readonly files = signal<Answer["files"]>([]);

  constructor() {
    inject(HttpClient)
      .get<Answer>("https://api.example.com/v1/files")
      .subscribe(({ files }) => this.files.set(files));
  }
}
