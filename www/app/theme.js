// Light, dark, or whatever the system says. The choice is the one thing this page stores.

const KEY = "theme";

export function wireTheme(fieldset) {
  const chosen = localStorage.getItem(KEY) ?? "system";
  apply(chosen);
  for (const radio of fieldset.querySelectorAll("input")) radio.checked = radio.value === chosen;
  fieldset.addEventListener("change", ({ target }) => {
    apply(target.value);
    if (target.value === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, target.value);
  });
}

function apply(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
