// Below a folder, with a page for everybody.

import { authGuard, createAuth, useAuth } from "tokenkeep/vue";
import { createApp, h } from "vue";
import { createRouter, createWebHistory, RouterView } from "vue-router";

import { auth, see } from "./auth.js";

const Files = {
  setup() {
    const { status, session } = useAuth();
    return () => h("button", { onClick: auth.signOut }, `${status.value} ${session.value?.claims.sub ?? "nobody"}`);
  },
};
const router = createRouter({
  history: createWebHistory("/app/"),
  routes: [
    { path: "/open", component: { render: () => h("h1", "open") }, meta: { public: true } },
    { path: "/:path(.*)", component: Files },
  ],
});
router.beforeEach(authGuard(auth, router, { signIn: { extraParams: { asked: "by-guard" } } }));
router.afterEach(({ fullPath }) => see("place", fullPath));
createApp({ render: () => h(RouterView) })
  .use(createAuth(auth))
  .use(router)
  .mount(document.body.appendChild(document.createElement("main")));
globalThis.router = router;
