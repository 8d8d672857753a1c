"use strict";

/** Calls back whenever the colours of the page have changed. */
const onColors = [];

(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const changed = () => onColors.forEach((call) => call());
  document.getElementById("theme").addEventListener("click", () => {
    const now = root.dataset.theme || (dark.matches ? "dark" : "light");
    root.dataset.theme = now === "dark" ? "light" : "dark";
    changed();
  });
  dark.addEventListener("change", changed);
  matchMedia("print").addEventListener("change", changed);
})();
