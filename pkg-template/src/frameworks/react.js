"use client";

import { createContext, createElement, useContext, useEffect, useRef, useSyncExternalStore } from "react";

import { missing, storeOf } from "./store.js";

const Context = /* @__PURE__ */ createContext(null);

/** Gives `auth` to what is inside, and finds the session once that is shown. */
export function AuthProvider({ auth, children, ...options }) {
  const store = storeOf(auth);
  const value = useSyncExternalStore(store.subscribe, store.get, () => store.loading);
  useEffect(() => void store.start(options), [store]);
  return createElement(Context.Provider, { value }, children);
}

export const useAuth = () => useContext(Context) ?? missing();

export const useSession = () => useAuth().session;

/** Shows what is inside to who is signed in. Who comes without a session is sent to sign in, once. */
export function Guard({ children, loading = null, failed = complaint, fallback, signIn: options }) {
  const { auth, status, error, signIn } = useAuth();
  const { arrival } = auth;
  // Whoever is back from the server without a session would go round and round.
  const isBack = arrival && !arrival.silent;
  const asked = useRef(options === false);
  useEffect(() => {
    if (status === "loading") return;
    if (status === "signed-out" && !asked.current && !isBack) signIn(options);
    asked.current = true;
  }, [status]);
  if (status === "signed-in") return children;
  if (status === "error") return failed(error);
  if (status === "loading" || !(asked.current || isBack)) return loading;
  return fallback ?? createElement("button", { type: "button", onClick: () => signIn(options) }, "Sign in");
}

export const withAuth = (Component, guard) => (props) => createElement(Guard, guard, createElement(Component, props));

const complaint = ({ message }) => createElement("p", { role: "alert" }, message);
