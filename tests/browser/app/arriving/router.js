// A real router, made when its module is read, as apps have it; `met` is what it found then.

import { createBrowserRouter } from "react-router";

const met = { href: location.href, length: history.length };
export const router = createBrowserRouter([{ path: "*", Component: () => null }]);

Object.assign(globalThis, { router, met });
