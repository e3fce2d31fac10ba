import { createElement as h, lazy, Suspense } from "react";
import { AuthProvider, Guard, useAuth } from "tokenkeep/react";

import { auth } from "./auth.js";

export const Status = () => h("b", null, useAuth().status);
/** Comes by itself, after the page has been met. */
const Late = lazy(async () => ({ default: () => h("i", null, useAuth().session.claims.sub) }));

export const tree = h(
  AuthProvider,
  { auth, silent: true },
  h(Status),
  h(Guard, { loading: "wait", signIn: false, fallback: "nobody" }, h(Suspense, { fallback: "late" }, h(Late))),
);
