// Below a folder, with a page for everybody.

import { authGuard, createAuth, useAuth } from "tokenkeep/vue";
import { createApp, h } from "vue";
import { createRouter, createWebHistory, RouterView } from "vue-router";

import { auth, see } from "./auth.js";

const Files = {
  setup() {
    const { status, session } = useAuth();
    see("status", status.value);
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
const byRouter = { onArrival: ({ returnTo }) => router.replace(returnTo.replace("/app", "")) };
router.beforeEach(authGuard(auth, router, { signIn: { extraParams: { asked: "by-guard" } }, ...(globalThis.isByRouter && byRouter) }));
router.afterEach(({ fullPath }, _, failure) => failure || see("place", fullPath));
const App = {
  setup() {
    useAuth();
    return () => h(RouterView);
  },
};
createApp(App)
  .use(createAuth(auth))
  .use(router)
  .mount(document.body.appendChild(document.createElement("main")));
globalThis.router = router;
