import { createSignal, onCleanup, onMount } from "solid-js";

import { auth, ready } from "../lib/auth.js";

export default function Page() {
  const [who, setWho] = createSignal("");
  const [answer, setAnswer] = createSignal("");
  const show = () => setWho(auth.session ? "somebody" : "nobody");
  onMount(() => {
    void ready.then(show);
    onCleanup(auth.subscribe(show));
  });
  const call = async () => {
    setAnswer("");
    const { url } = await (await fetch("/api.json")).json();
    setAnswer(String((await auth.fetch(url)).status));
  };
  return (
    <main>
      <p id="build">first build</p>
      <p id="who">{who()}</p>
      <button type="button" id="sign-in" onClick={() => auth.signIn({ returnTo: "/" })}>
        Sign in
      </button>
      <button type="button" id="call" onClick={call}>
        Call
      </button>
      <p id="answer">{answer()}</p>
    </main>
  );
}
