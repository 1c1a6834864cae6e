/**
 * Light or dark: as the system has it, or as the person chose. `theme.js` applies it at start.
 * @module
 */

const root = document.documentElement;

function isDark() {
  const chosen = root.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Changes to the other one, and remembers it unless it is what the system has anyway. */
export function cycleTheme() {
  const wanted = isDark() ? "light" : "dark";
  delete root.dataset.theme;
  localStorage.removeItem("theme");
  if (isDark() !== (wanted === "dark")) {
    root.dataset.theme = wanted;
    localStorage.setItem("theme", wanted);
  }
}

/** What the switch offers now: its label and the name of its icon. */
export function themeLabel() {
  return isDark()
    ? { label: "Switch to light", name: "sun" }
    : { label: "Switch to dark", name: "moon" };
}
