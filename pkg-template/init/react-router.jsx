import { useEffect, useState } from "react";
import { useNavigate } from "react-router";

import { auth, ready } from "%AUTH%";

export default function Callback() {
  const navigate = useNavigate();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    ready.then(
      () => void navigate(auth.arrival?.returnTo ?? "/", { replace: true }),
      ({ message }) => setProblem(message),
    );
  }, [navigate]);
  return <p role="status">{problem || "Signing in"}</p>;
}
