import { config } from "/config.js";

const [api] = config.resourceServers;

/** The two kinds of request that are measured where nothing is sent, each as what `fetch` takes. */
export const requests = {
  get: [`${api}json`],
  post: [`${api}json`, { method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body: "{}" }],
};
