import { Component, provideZonelessChangeDetection } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import { RouterOutlet, provideRouter } from "@angular/router";

import { routes } from "./app/app.routes";

@Component({ selector: "app-root", imports: [RouterOutlet], template: "<router-outlet />" })
class App {}

void bootstrapApplication(App, { providers: [provideZonelessChangeDetection(), provideRouter(routes)] });
