// tokenkeep/vue with vue-router's own types, which don't hold in a project that checks libraries.

import { connect } from "tokenkeep";
import { authGuard, createAuth } from "tokenkeep/vue";
import { createApp } from "vue";
import { createRouter, createWebHistory } from "vue-router";

const auth = connect(() => new SharedWorker("/holder.js", { type: "module" }));
const router = createRouter({ history: createWebHistory(), routes: [{ path: "/", redirect: "/a", meta: { public: true } }] });
router.beforeEach(authGuard(auth, router, { silent: true, signIn: { prompt: "login" } }));
createApp({})
  .use(createAuth(auth, { onArrival: ({ returnTo }) => router.replace(returnTo ?? "/") }))
  .use(router);
