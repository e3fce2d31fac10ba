import { provideAuth } from "tokenkeep/svelte";

import App from "./App.svelte";
import Status from "./Status.svelte";
import { refusal, tell } from "./auth.js";

tell({ html: App.render().html, missing: [refusal(() => Status.render()), refusal(() => provideAuth())] });
