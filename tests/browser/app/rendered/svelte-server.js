import { render } from "svelte/server";
import { provideAuth } from "tokenkeep/svelte";

import App from "./App.svelte";
import Status from "./Status.svelte";
import { refusal, tell } from "./auth.js";

const missing = [refusal(() => render(Status).body), refusal(() => provideAuth())];
tell({ html: render(App).body, missing });
