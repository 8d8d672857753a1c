/** The values under the pointer, or where the arrow keys have moved the cursor. */
const tip = document.getElementById("tip");

function say(figure, lines, at) {
  const output = figure.querySelector("output");
  output.textContent = lines.join(" · ");
  tip.hidden = !at || lines.length === 0;
  if (tip.hidden) return;
  tip.textContent = lines.join("\n");
  const [x, y] = at, room = tip.getBoundingClientRect();
  tip.style.left = Math.max(4, Math.min(x + 14, innerWidth - room.width - 4)) + "px";
  tip.style.top = (y - room.height - 12 > 0 ? y - room.height - 12 : y + 18) + "px";
}

const shownPaths = (chart) =>
  [...chart.querySelectorAll(".plot path[data-s]")].filter((path) => !hidden.has(Number(path.dataset.s)));

/** From a share of the plot as it is seen to a place on its grid, and back; zoomed charts show a part. */
function seen(chart) {
  const box = chart.querySelector(".plot").viewBox.baseVal;
  return { toGrid: (share) => box.x + share * box.width, toShare: (grid) => (grid - box.x) / box.width };
}

/** What stands at the horizontal place nearest to the pointer, of every series. */
function readColumn(chart, share) {
  const x = axisOf(chart, "x"), y = axisOf(chart, "y"), view = seen(chart);
  const target = view.toGrid(share[0]);
  let nearest = null;
  const rows = shownPaths(chart).map((path) => {
    const { xs, ys } = pointsOf(path);
    let low = 0, high = xs.length - 1;
    if (high < 0) return null;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (xs[middle] < target) low = middle + 1; else high = middle;
    }
    if (path.classList.contains("steps")) low = Math.min(low, xs.length - 1);
    else if (low > 0 && target - xs[low - 1] < xs[low] - target) low -= 1;
    if (nearest === null || Math.abs(xs[low] - target) < Math.abs(nearest - target)) nearest = xs[low];
    return [path, low];
  });
  if (nearest === null) return null;
  const steps = chart.querySelector(".steps") !== null;
  const at = steps ? target : nearest;
  const lines = [`${x.name} ${x.told(at / GRID)}`];
  for (const row of rows) {
    if (row === null) continue;
    const up = 1 - pointsOf(row[0]).ys[row[1]] / GRID;
    const lane = (row[0].dataset.lane || "").split(" ").map(Number);
    const value = lane.length === 2 ? (up - lane[0]) * lane[1] : y.valueAt(up);
    lines.push(`${nameOf(row[0])} ${withUnit(value, chart.dataset.yUnit)}`);
  }
  return { lines, place: [view.toShare(at), share[1]], upright: true };
}

/** The point nearest to the pointer. */
function readPoint(chart, share) {
  const x = axisOf(chart, "x"), y = axisOf(chart, "y"), view = seen(chart), place = placeOf(chart);
  let best = null, least = 40 * 40;
  for (const path of shownPaths(chart)) {
    const { xs, ys } = pointsOf(path);
    for (let at = 0; at < xs.length; at++) {
      const dx = (view.toShare(xs[at]) - share[0]) * place.width;
      const dy = (1 - ys[at] / GRID - share[1]) * place.height;
      const far = dx * dx + dy * dy;
      if (far < least) [best, least] = [[path, at], far];
    }
  }
  if (!best) return null;
  const [path, at] = best, { xs, ys } = pointsOf(path), s = Number(path.dataset.s);
  const name = "named" in path.dataset ? series.names[s] && series.names[s][at] : null;
  const lines = [`${nameOf(path)}, ${name ?? `point ${at + 1} of ${xs.length}`}`];
  lines.push(`${x.name} ${x.told(xs[at] / GRID)}`);
  if (y) lines.push(`${y.name} ${withUnit(y.valueAt(1 - ys[at] / GRID), y.unit)}`);
  return { lines, place: [view.toShare(xs[at]), 1 - ys[at] / GRID], upright: false };
}

/** What a shade stands for, read from the picture itself. */
function readShade(chart, share) {
  const x = axisOf(chart, "x"), y = axisOf(chart, "y"), value = axisOf(chart, "value");
  const pixels = shadesOf(chart);
  if (!pixels) return null;
  const column = Math.min(pixels.width - 1, Math.floor(share[0] * pixels.width));
  const row = Math.min(pixels.height - 1, Math.floor((1 - share[1]) * pixels.height));
  const shade = pixels.levels[row * pixels.width + column];
  // What is counted is counted from 1, and a column may be several.
  const first = Math.floor((column * x.high) / pixels.width) + 1;
  const last = Math.floor(((column + 1) * x.high) / pixels.width);
  return {
    lines: [
      last > first ? `${x.name}s ${first} to ${last}` : `${x.name} ${first}`,
      `${y.name} ${withUnit(y.valueAt(1 - (row + 0.5) / pixels.height), y.unit)}`,
      `${value.name} about ${withUnit(Number(value.valueAt(shade).toPrecision(2)), value.unit)}`,
    ],
    place: share,
    upright: false,
  };
}

function shadesOf(chart) {
  if (chart.shades) return chart.shades;
  const image = chart.querySelector("image");
  const source = image.source || (image.source = Object.assign(new Image(), { src: image.getAttribute("href") }));
  if (!source.complete || !source.naturalWidth) return null;
  const [width, height] = [source.naturalWidth, source.naturalHeight];
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = canvas.getContext("2d");
  pen.drawImage(source, 0, 0);
  const key = document.querySelector(".shades-key").dataset.shades.split(" ").map((one) => parseInt(one, 16));
  const shares = new Map(key.map((color, at) => [color, at / (key.length - 1)]));
  const rgba = pen.getImageData(0, 0, width, height).data;
  const levels = Float32Array.from({ length: width * height }, (_, at) =>
    shares.get((rgba[4 * at] << 16) | (rgba[4 * at + 1] << 8) | rgba[4 * at + 2]) ?? 0);
  return (chart.shades = { width, height, levels });
}

const READINGS = { column: readColumn, point: readPoint, shade: readShade };

function clearReading(chart) {
  chart.querySelectorAll(".cursor, .mark").forEach((mark) => mark.remove());
  say(chart.closest("figure"), [], null);
}

function showReading(chart, share, at) {
  const reading = READINGS[chart.dataset.reading](chart, share);
  chart.querySelectorAll(".cursor, .mark").forEach((mark) => mark.remove());
  if (!reading) return say(chart.closest("figure"), [], null);
  const place = placeOf(chart), [sx, sy] = reading.place;
  const [x, y] = [place.left + sx * place.width, place.top + (1 - sy) * place.height];
  chart.append(reading.upright
    ? svgElement("path", { class: "cursor", d: `M${x} ${place.top}V${place.top + place.height}` })
    : svgElement("circle", { class: "mark", cx: x, cy: y, r: 5 }));
  say(chart.closest("figure"), reading.lines, at || place.screen(sx, sy));
}

/** Where the arrow keys go, as shares: only what is in view, so that what is told is seen. */
function stops(chart) {
  if (chart.dataset.reading === "shade") {
    const pixels = shadesOf(chart);
    const up = pixels ? ((chart.row ?? Math.floor(pixels.height / 2)) + 0.5) / pixels.height : 0;
    return Array.from({ length: pixels ? pixels.width : 0 }, (_, at) => [(at + 0.5) / pixels.width, up]);
  }
  const paths = shownPaths(chart), view = seen(chart);
  // A column tells of all series at once.
  const all = (chart.dataset.reading === "column" ? paths.slice(0, 1) : paths).flatMap((path) => {
    const { xs, ys } = pointsOf(path);
    const places = xs.map((x, at) => [view.toShare(x), 1 - ys[at] / GRID]);
    if (!path.classList.contains("steps")) return places;
    // Each bin has both its ends.
    return places.flatMap(([x, y], at) => (at % 2 ? [[(places[at - 1][0] + x) / 2, y]] : []));
  });
  return all.filter(([x]) => x >= 0 && x <= 1);
}

/** A step of the arrow keys; without a place so far it is to the first, or the last. */
function stepTo(chart, by) {
  const places = stops(chart);
  if (places.length === 0) return;
  const start = by > 0 ? -1 : places.length;
  chart.cursor = Math.max(0, Math.min(places.length - 1, (chart.cursor ?? start) + by));
  showReading(chart, places[chart.cursor], null);
}

/** A step up or down a heat map. */
function stepUp(chart, by) {
  const pixels = shadesOf(chart);
  if (!pixels) return;
  const row = (chart.row ?? Math.floor(pixels.height / 2)) + by;
  chart.row = Math.max(0, Math.min(pixels.height - 1, row));
  stepTo(chart, chart.cursor === undefined ? 1 : 0);
}

/** Reads the charts in a part of the page; those that are read already stay as they are. */
function watchCharts(part) {
  for (const chart of part.querySelectorAll("figure.chart > svg[data-reading]")) {
    if (!chart.readAgain) watchChart(chart);
  }
}

function watchChart(chart) {
  let pointer = null;
  const read = () => {
    const [x, y] = placeOf(chart).share(pointer);
    if (x < -0.02 || x > 1.02 || y < -0.05 || y > 1.05) return clearReading(chart);
    const within = (share) => Math.max(0, Math.min(1, share));
    showReading(chart, [within(x), within(y)], [pointer.clientX, pointer.clientY]);
  };
  // What is drawn anew under the pointer is told anew.
  chart.readAgain = () => { if (pointer) read(); };
  chart.addEventListener("pointermove", (event) => {
    pointer = { clientX: event.clientX, clientY: event.clientY };
    read();
  });
  chart.addEventListener("pointerleave", () => { pointer = null; clearReading(chart); });
  chart.addEventListener("blur", () => { chart.cursor = undefined; clearReading(chart); });
  chart.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1, PageDown: 10, PageUp: -10 }[event.key];
    const up = chart.dataset.reading === "shade" ? { ArrowUp: 1, ArrowDown: -1 }[event.key] : 0;
    if (!(by || up) || event.shiftKey) return;
    event.preventDefault();
    if (by) stepTo(chart, by); else stepUp(chart, up);
  });
  if (chart.dataset.reading === "shade") {
    for (const come of ["pointerenter", "focus"]) chart.addEventListener(come, () => shadesOf(chart), { once: true });
  }
}

watchCharts(document);
