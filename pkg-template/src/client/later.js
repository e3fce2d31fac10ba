/** What most pages need seldom or never: a file of its own, loaded when it is. */
export const more = () => import("./more.js");

/** Has this page look at the holder's file. */
export const compare = (...given) =>
  more().then(
    (loaded) => loaded.compare(...given),
    () => {},
  );

/** Lets `error` through with what there is to say about it. Where that can't be loaded it goes as it is. */
export async function advised(error) {
  const loaded = await Promise.race([more(), new Promise((done) => setTimeout(done, 3e3))]).catch(() => {});
  throw loaded?.advise(error) ?? error;
}
