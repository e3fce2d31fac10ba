import "@angular/compiler";
import { Injector, runInInjectionContext } from "@angular/core";
import { provideServerRendering, renderApplication } from "@angular/platform-server";
import { provideAuth, useAuth } from "tokenkeep/angular";

import { start } from "./angular.ts";
import { refusal, tell } from "./auth.js";

const inside = () => runInInjectionContext(Injector.create({ providers: [] }), useAuth);
const missing = [refusal(inside), refusal(() => provideAuth())];
const bootstrap = (context) => start([provideServerRendering()], context);

renderApplication(bootstrap, { document: "<app-root></app-root>", url: "/rendered" }).then((html) => tell({ html, missing }));
