import { createAuth, useAuth } from "tokenkeep/vue";
import { createSSRApp, h } from "vue";

import { auth } from "./auth.js";

export const App = {
  setup() {
    const { status, session } = useAuth();
    return () => [h("b", status.value), session.value ? h("i", session.value.claims.sub) : h("p", "wait")];
  },
};

export const makeApp = () => createSSRApp(App).use(createAuth(auth, { silent: true }));
