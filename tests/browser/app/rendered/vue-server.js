import { createAuth } from "tokenkeep/vue";
import { createSSRApp } from "vue";
import { renderToString } from "vue/server-renderer";

import { refusal, tell } from "./auth.js";
import { App, makeApp } from "./vue.js";

const silently = createSSRApp(App);
silently.config.warnHandler = () => {};
const refused = renderToString(silently).catch((error) =>
  refusal(() => {
    throw error;
  }),
);
Promise.all([renderToString(makeApp()), refused]).then(([html, inside]) => tell({ html, missing: [inside, refusal(() => createAuth())] }));
