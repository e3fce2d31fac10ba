import { StartClient, mount } from "@solidjs/start/client";
import { setTrustedTypesPolicy } from "solid-js/web";

setTrustedTypesPolicy(globalThis.trustedTypes?.createPolicy("solid", { createHTML: (html) => html }));
mount(() => <StartClient />, document.getElementById("app"));
