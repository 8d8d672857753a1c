/** On paper nothing can be opened, so everything is. */
(() => {
  const opened = new Set();
  const turned = (onPaper) => {
    if (onPaper) {
      for (const one of document.querySelectorAll("details:not([open])")) {
        one.open = true;
        opened.add(one);
      }
    } else {
      opened.forEach((one) => { one.open = false; });
      opened.clear();
    }
  };
  matchMedia("print").addEventListener("change", (event) => turned(event.matches));
})();
