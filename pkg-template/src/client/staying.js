const patience = 3_000;

/** Leaves the page by `go`; rejects with `error` where somebody stays there all the same, or comes back to it. */
export const stayed = (error, go) =>
  new Promise((_, reject) => {
    // The event at the end of loading may be still to come.
    addEventListener("pageshow", ({ persisted }) => persisted && reject(error));
    // Nothing says what somebody answered whom the browser asked: who is still here after a while has stayed.
    const stay = ({ defaultPrevented, returnValue }) => (defaultPrevented || returnValue?.[0]) && setTimeout(reject, patience, error);
    // Others may hear of it after this, and nobody is asked who has done nothing here. Not every browser keeps a page for the Back button
    // that goes on to listen.
    const leave = (event) => navigator.userActivation?.hasBeenActive !== false && setTimeout(stay, 0, event);
    addEventListener("beforeunload", leave, { once: true });
    go();
  });
