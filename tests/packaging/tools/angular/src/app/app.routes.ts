import type { Routes } from "@angular/router";

export const routes: Routes = [
  { path: "", loadComponent: () => import("./home").then((file) => file.Home) },
  { path: "callback", loadComponent: () => import("./callback").then((file) => file.Callback) },
];
