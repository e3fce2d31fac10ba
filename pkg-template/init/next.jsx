"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";

import { auth, ready } from "%AUTH%";

export default function Callback() {
  const router = useRouter();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    ready.then(
      () => router.replace(auth.arrival?.returnTo ?? "/"),
      ({ message }) => setProblem(message),
    );
  }, [router]);
  return <p role="status">{problem || "Signing in"}</p>;
}
