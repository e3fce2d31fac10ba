"use client";

import { useEffect, useState, useSyncExternalStore } from "react";

import { auth, ready } from "../lib/auth.js";

export default function Page() {
  const session = useSyncExternalStore(
    auth.subscribe,
    () => auth.session,
    () => null,
  );
  const [known, setKnown] = useState(false);
  const [answer, setAnswer] = useState("");
  useEffect(() => void ready.then(() => setKnown(true)), []);
  const call = async () => {
    setAnswer("");
    const { url } = await (await fetch("/api.json")).json();
    setAnswer(String((await auth.fetch(url)).status));
  };
  return (
    <main>
      <p id="build">first build</p>
      <p id="who">{known ? (session ? "somebody" : "nobody") : ""}</p>
      <button type="button" id="sign-in" onClick={() => auth.signIn({ returnTo: "/" })}>
        Sign in
      </button>
      <button type="button" id="call" onClick={call}>
        Call
      </button>
      <p id="answer">{answer}</p>
    </main>
  );
}
