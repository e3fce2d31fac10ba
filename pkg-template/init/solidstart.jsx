import { useNavigate } from "@solidjs/router";
import { createSignal, onMount } from "solid-js";

import { auth, ready } from "%AUTH%";

export default function Callback() {
  const navigate = useNavigate();
  const [problem, setProblem] = createSignal("");
  onMount(() => {
    ready.then(
      () => navigate(auth.arrival?.returnTo ?? "/", { replace: true }),
      ({ message }) => setProblem(message),
    );
  });
  return <p role="status">{problem() || "Signing in"}</p>;
}
