const name = "tokenkeep-silent";
const pause = 60_000;
const never = 1e16;

// [when the last attempt was, where the page was while it is under way]
const read = () => JSON.parse(sessionStorage[name] ?? "[0]");

/** Where storage is blocked there is no memory that could end a loop, so nothing is tried. */
const careful = (work) => (...given) => {
  try {
    return work(...given);
  } catch {
    return undefined;
  }
};

const write = careful((...marker) => (sessionStorage[name] = JSON.stringify(marker)));

/** Whether to try to sign in without the user now; takes note of it. */
export const mayTry = careful(() => {
  const { pathname, search, hash } = location;
  return top === globalThis && Date.now() - read()[0] >= pause && write(Date.now(), pathname + search + hash);
});

/** Where the page was that an attempt left, once: always a path of this origin. */
export const comeBack = careful(() => {
  const [time, place] = read();
  if (place) write(time);
  return place && `/${place.replace(/^[\s/\\]+/, "")}`;
});

/** Whoever has signed out is not signed in again behind their back, until they do it themselves. */
export const heed = careful((type, { reason }) => {
  if (reason === "signout") write(never);
  if (type === "signedin" && read()[0] === never) write(0);
});
