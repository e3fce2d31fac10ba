/** What most pages need seldom or never: a file of its own, loaded when it is. */
export const more = () => import("./more.js");

/** Does `work` with what is loaded, and nothing where that can't be loaded, say offline. */
export const later = (work) => more().then(work, () => {});

/** Lets `error` through with what there is to say about it. Where that can't be loaded it goes as it is. */
export async function advised(error) {
  const loaded = await Promise.race([more(), new Promise((done) => setTimeout(done, 3e3))]).catch(() => {});
  throw loaded?.advise(error) ?? error;
}
