/** Drag across a chart to see a part of it; its group follows. With keys: + and -, Shift and arrows, 0. */
(() => {
  const charts = [...document.querySelectorAll("svg[data-zoom]")];
  const windows = new Map();
  /** Between two ticks there is at least so much room. */
  const GAP = 4;

  function draw(chart, low, high) {
    chart.querySelector(".plot").setAttribute("viewBox", `${low * GRID} 0 ${(high - low) * GRID} ${GRID}`);
    const x = axisOf(chart, "x"), across = chart.querySelector(".across");
    chart.first ??= [...across.childNodes];
    if (low === 0 && high === 1) across.replaceChildren(...chart.first);
    else tick(chart, across, x.valueAt(low), x.valueAt(high));
    const figure = chart.closest("figure"), whole = low === 0 && high === 1;
    let button = figure.querySelector(".unzoom");
    if (!whole && !button) {
      button = Object.assign(document.createElement("button"), { className: "unzoom", textContent: "whole range", type: "button" });
      button.addEventListener("click", () => { set(chart.dataset.zoom, 0, 1); chart.focus(); });
      figure.append(button);
    }
    if (button) button.hidden = whole;
  }

  /** Round values below a plot: as many as stand beside each other in the font that is there. */
  function tick(chart, across, from, to) {
    const { left, top, width, height } = placeOf(chart), end = chart.viewBox.baseVal.width;
    const down = chart.first.find((one) => one.localName === "text")?.getAttribute("y") ?? top + height + 18;
    for (let most = 6; most > 0; most--) {
      const found = ticks(from, to, most);
      if (found.length === 0) return;
      across.replaceChildren();
      let last = -Infinity, apart = true;
      for (const [value, label] of found) {
        const at = left + ((value - from) / (to - from)) * width;
        across.append(svgElement("path", { class: "grid", d: `M${at} ${top}V${top + height}` }));
        const text = svgElement("text", { y: down, "text-anchor": "middle" });
        text.textContent = label;
        across.append(text);
        const half = text.getComputedTextLength() / 2;
        const middle = Math.max(half, Math.min(end - half, at));
        text.setAttribute("x", middle);
        apart &&= middle - half > last + GAP;
        last = middle + half;
      }
      if (apart) return;
    }
  }

  function set(group, low, high) {
    const width = Math.max(0.002, Math.min(1, high - low));
    low = Math.max(0, Math.min(1 - width, low));
    windows.set(group, [low, low + width]);
    charts.filter((chart) => chart.dataset.zoom === group).forEach((chart) => {
      chart.cursor = undefined;
      draw(chart, low, low + width);
    });
  }

  for (const chart of charts) {
    const group = chart.dataset.zoom;
    const view = () => windows.get(group) || [0, 1];
    let from = null, mark = null;
    const share = (event) => Math.max(0, Math.min(1, placeOf(chart).share(event)[0]));
    const end = () => { if (mark) mark.remove(); from = mark = null; };
    chart.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      from = share(event);
      chart.setPointerCapture(event.pointerId);
    });
    chart.addEventListener("pointermove", (event) => {
      if (from === null) return;
      const to = share(event), { left, top, width, height } = placeOf(chart);
      mark = mark || chart.appendChild(svgElement("rect", { class: "select", y: top, height }));
      mark.setAttribute("x", left + Math.min(from, to) * width);
      mark.setAttribute("width", Math.abs(to - from) * width);
    });
    chart.addEventListener("pointerup", (event) => {
      if (from === null) return;
      const [a, b] = [from, share(event)].sort((p, q) => p - q), [low, high] = view();
      end();
      if (b - a > 0.02) set(group, low + a * (high - low), low + b * (high - low));
    });
    chart.addEventListener("pointercancel", end);
    chart.addEventListener("dblclick", () => set(group, 0, 1));
    chart.addEventListener("keydown", (event) => {
      const [low, high] = view(), width = high - low, middle = (low + high) / 2;
      if (event.key === "+" || event.key === "=") set(group, middle - width / 4, middle + width / 4);
      else if (event.key === "-") set(group, middle - width, middle + width);
      else if (event.key === "0") set(group, 0, 1);
      else if (event.shiftKey && event.key === "ArrowRight") set(group, low + width / 4, high + width / 4);
      else if (event.shiftKey && event.key === "ArrowLeft") set(group, low - width / 4, high - width / 4);
      else return;
      event.preventDefault();
    });
  }
})();
