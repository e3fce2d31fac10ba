// The two views of the app and their paths.

import { byId } from "./dom.js";

const PATHS = { "/": "stories", "/room": "room" };
const TITLES = { stories: "tokenkeep demo", room: "Control room · tokenkeep demo" };

export const isView = (path) => Object.hasOwn(PATHS, path);

export const currentView = () => PATHS[location.pathname] ?? "stories";

/** Lets the links switch views without a reload; `onChange` hears of each. */
export function wireViews(onChange) {
  const links = [...document.querySelectorAll(".views a")];
  const show = () => {
    const view = currentView();
    document.body.dataset.view = view;
    document.title = TITLES[view];
    byId("room").hidden = view !== "room";
    for (const link of links) link.ariaCurrent = link.dataset.view === view ? "page" : null;
    onChange();
  };
  const follow = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (event.currentTarget.dataset.view === currentView()) return;
    history.pushState(null, "", event.currentTarget.pathname);
    show();
    scrollTo(0, 0);
    byId("hero-title").focus();
  };
  for (const link of links) link.addEventListener("click", follow);
  addEventListener("popstate", show);
  return show;
}
