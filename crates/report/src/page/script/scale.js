const GRID = 50000;
const SVG = "http://www.w3.org/2000/svg";

/** An axis as a chart says it: from its values to shares and back. */
function axisOf(chart, key) {
  const words = (chart.dataset[key] || "").split(" ");
  if (words.length < 2) return null;
  const [low, high] = words.map(Number);
  const log = words[2] === "log";
  const name = chart.dataset[key + "Name"] || "";
  const unit = chart.dataset[key + "Unit"] || "";
  const valueAt = (share) => valueOn({ low, high, log }, share);
  // A time is told on the reader's clock.
  const clock = words[2] === "clock";
  const told = (share) => (clock ? clockOf(valueAt(share), 0) : withUnit(valueAt(share), unit));
  return { low, high, log, name, unit, valueAt, told };
}

/** A time, in ms since 1970, on the reader's clock: as much of it as steps of so many ms take. */
function clockOf(ms, step) {
  const day = { day: "numeric", month: "short" };
  const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (step >= 86400000) return new Date(ms).toLocaleDateString("en-GB", day);
  if (step >= 60000) return new Date(ms).toLocaleTimeString("en-GB", time);
  return new Date(ms).toLocaleTimeString("en-GB", { ...time, second: "2-digit" });
}

/** Round values from low to high, about so many, and their labels. */
function ticks(low, high, most) {
  const least = (high - low) / most;
  const power = Math.pow(10, Math.floor(Math.log10(least)));
  const step = [1, 2, 5, 10].find((one) => one * power >= least * 0.999999) * power;
  const places = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const found = [];
  for (let k = Math.ceil(low / step); k <= Math.floor(high / step); k++) {
    found.push([k * step, (k === 0 ? 0 : k * step).toFixed(places)]);
  }
  return found;
}

/** Round values of an axis, whether linear or by factors. */
function ticksOf(axis, most) {
  if (!axis.log) return ticks(axis.low, axis.high, most);
  const found = [], first = Math.floor(Math.log10(axis.low)), last = Math.ceil(Math.log10(axis.high));
  const parts = last - first > 3 ? [1] : [1, 2, 5];
  for (let k = first; k <= last; k++) {
    for (const part of parts) {
      const value = part * Math.pow(10, k);
      if (value >= axis.low && value <= axis.high) found.push([value, String(Number(value.toPrecision(1)))]);
    }
  }
  return found;
}

/** Where a value lies on an axis. */
function shareOn({ low, high, log }, value) {
  return log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

/** The value at a share of an axis. */
function valueOn({ low, high, log }, share) {
  return log ? low * Math.pow(high / low, share) : low + share * (high - low);
}

/** The points of a path: whole numbers, each relative to the last. */
function pointsOf(path) {
  if (path.points) return path.points;
  const xs = [], ys = [];
  let x = 0, y = 0;
  for (const [, command, numbers] of path.getAttribute("d").matchAll(/([mlh])([^mlh]*)/g)) {
    // The length of a dot.
    if (command === "h") { x += Number(numbers); continue; }
    const all = (numbers.match(/-?\d+/g) || []).map(Number);
    for (let at = 0; at + 1 < all.length; at += 2) {
      xs.push((x += all[at]));
      ys.push((y += all[at + 1]));
    }
  }
  return (path.points = { xs, ys });
}

/** Where a chart is on the screen: from the pointer to shares of its plot, and back to its own units. */
function placeOf(chart) {
  const [left, top, width, height] = chart.dataset.box.split(" ").map(Number);
  const box = chart.getBoundingClientRect();
  const scale = chart.viewBox.baseVal.width / box.width;
  return {
    left, top, width, height,
    share: (event) => [
      ((event.clientX - box.left) * scale - left) / width,
      1 - ((event.clientY - box.top) * scale - top) / height,
    ],
    screen: (x, y) => [box.left + (left + x * width) / scale, box.top + (top + (1 - y) * height) / scale],
    scale,
  };
}

function svgElement(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
