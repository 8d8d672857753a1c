"use strict";

/** Calls back whenever the colours of the page have changed. */
const onColors = [];

/** Light or dark, or `""`: as the system has it. */
const theme = (() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const changed = () => onColors.forEach((call) => call());
  // Where it may be kept, the choice holds for the next look.
  const stored = (...choice) => {
    try {
      if (choice.length) localStorage.setItem("judder-theme", choice[0]);
      return localStorage.getItem("judder-theme");
    } catch {
      return null;
    }
  };
  const chosen = () => root.dataset.theme ?? "";
  function choose(choice) {
    if (choice) root.dataset.theme = choice;
    else delete root.dataset.theme;
    stored(choice);
    changed();
  }
  if (["light", "dark"].includes(stored())) root.dataset.theme = stored();
  document.getElementById("theme").addEventListener("click", () => {
    const now = chosen() || (dark.matches ? "dark" : "light");
    choose(now === "dark" ? "light" : "dark");
  });
  dark.addEventListener("change", changed);
  matchMedia("print").addEventListener("change", changed);
  return { chosen, choose };
})();
