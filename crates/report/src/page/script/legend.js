/** Which series are hidden. */
const hidden = new Set();
/** Calls back whenever a series is shown or hidden. */
const onStates = [];

(() => {
  const buttons = [...document.querySelectorAll(".state")];
  const all = document.querySelector(".legend .all");
  const show = () => {
    for (const button of buttons) {
      const index = Number(button.dataset.state);
      const off = hidden.has(index);
      button.setAttribute("aria-pressed", String(!off));
      document.documentElement.classList.toggle("off-" + index, off);
    }
    if (all) all.hidden = hidden.size === 0;
    onStates.forEach((call) => call());
  };
  const only = (index) => {
    buttons.forEach((button) => hidden.add(Number(button.dataset.state)));
    hidden.delete(index);
  };
  for (const button of buttons) {
    const index = Number(button.dataset.state);
    button.title = "Show or hide; with Shift, show this one alone";
    button.addEventListener("click", (event) => {
      if (event.shiftKey) only(index);
      else if (!hidden.delete(index)) hidden.add(index);
      show();
    });
  }
  if (all) all.addEventListener("click", () => { hidden.clear(); show(); });
})();
