import { authGuard, createAuth } from "tokenkeep/vue";
import { createApp } from "vue";
import { createRouter, createWebHistory } from "vue-router";

import App from "./App.vue";
import Hello from "./Hello.vue";
import { auth } from "./auth.js";

const router = createRouter({ history: createWebHistory(), routes: [{ path: "/:path(.*)", component: Hello }] });
router.beforeEach(authGuard(auth, router));

createApp(App).use(createAuth(auth)).use(router).mount("#app");
