"use strict";

/** Calls back whenever the colours of the page have changed. */
const onColors = [];

(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  // Where it may be kept, the choice holds for the next look.
  const stored = (theme) => {
    try {
      if (theme) localStorage.setItem("judder-theme", theme);
      return localStorage.getItem("judder-theme");
    } catch {
      return null;
    }
  };
  if (["light", "dark"].includes(stored())) root.dataset.theme = stored();
  const changed = () => onColors.forEach((call) => call());
  document.getElementById("theme").addEventListener("click", () => {
    const now = root.dataset.theme || (dark.matches ? "dark" : "light");
    root.dataset.theme = now === "dark" ? "light" : "dark";
    stored(root.dataset.theme);
    changed();
  });
  dark.addEventListener("change", changed);
  matchMedia("print").addEventListener("change", changed);
})();
