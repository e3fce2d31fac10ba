import { authGuard } from "tokenkeep/svelte";

import { auth } from "../../lib/auth.js";

export const load = authGuard(auth);
