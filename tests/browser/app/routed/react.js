// A router that is made as soon as it can be, or with `inside` where somebody is signed in.

import { createElement as h, lazy, StrictMode, Suspense, useState } from "react";
import { createRoot } from "react-dom/client";
import { createBrowserRouter, RouterProvider, useLocation } from "react-router";
import { AuthProvider, Guard, useAuth, withAuth } from "tokenkeep/react";

import { auth, see } from "./auth.js";

const isInside = Boolean(globalThis.inside);
const Files = lazy(async () => ({
  default() {
    const { pathname, search, hash } = useLocation();
    const { session } = useAuth();
    see("place", pathname + search + hash);
    return h("button", { type: "button", onClick: () => auth.signOut() }, "Sign out ", session.claims.sub);
  },
}));
const Guarded = withAuth(() => h(Suspense, { fallback: "files" }, h(Files)), { loading: h("p", null, "wait") });
const makeRouter = () => createBrowserRouter([{ path: "*", element: isInside ? h(Suspense, null, h(Files)) : h(Guarded) }]);
const router = isInside ? null : makeRouter();

function Status({ children }) {
  const { status, error } = useAuth();
  see("status", status);
  if (error) see("error", error.message);
  return children;
}

function Inside() {
  const [made] = useState(makeRouter);
  return h(RouterProvider, { router: made });
}

const options = globalThis.options ?? { silent: true };
createRoot(document.body.appendChild(document.createElement("main"))).render(
  h(
    StrictMode,
    null,
    h(AuthProvider, { auth, ...options }, h(Status, null, isInside ? h(Guard, null, h(Inside)) : h(RouterProvider, { router }))),
  ),
);
globalThis.router = router;
