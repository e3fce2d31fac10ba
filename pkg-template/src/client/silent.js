const name = "tokenkeep-silent";
const never = 1e16;

/**
 * What this tab must know of attempts to sign in without the user: [when the last one was, where the page was while it is
 * under way, whether the server should know the person]. Where storage is blocked there is no memory that could end a loop, so nothing is tried.
 */
function memory(work) {
  try {
    return work(JSON.parse(sessionStorage[name] ?? "[0]"), (...marker) => (sessionStorage[name] = JSON.stringify(marker)));
  } catch {
    return undefined;
  }
}

/** Whether to try to sign in without the user now, "auto" only whom the server should know; takes note of it. */
export const mayTry = (silent) =>
  memory(([time, , known], write) => {
    const isWanted = top === globalThis && (known || silent !== "auto") && Date.now() - time >= 60_000;
    return isWanted && write(Date.now(), location.href.slice(location.origin.length), known);
  });

/** Where the page was that an attempt left, once: always a path of this origin. */
export const comeBack = () =>
  memory(([time, place, known], write) => {
    if (place) write(time, "", known);
    return place && `/${place.replace(/^[\s/\\]+/, "")}`;
  });

/** Whoever has signed out is not signed in again behind their back, until they do it themselves. */
export const heed = (type, { reason }) =>
  memory(([time], write) => {
    if (reason === "signout") write(never);
    if (type === "signedin" && time === never) write(0);
  });

/** Whether the server should know the person from now on. If so the next attempt needn't wait: the last one ended well. */
export const expect = (known) => memory(([time, place], write) => write(known ? 0 : time, place, Boolean(known)));
