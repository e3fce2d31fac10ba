import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { AuthProvider, useSession, withAuth } from "tokenkeep/react";

import { auth } from "./auth.js";

const Hello = withAuth(() => (
  <button type="button" onClick={auth.signOut}>
    Sign out {useSession().claims.sub}
  </button>
));

createRoot(document.getElementById("app")).render(
  <StrictMode>
    <AuthProvider auth={auth}>
      <Hello />
    </AuthProvider>
  </StrictMode>,
);
