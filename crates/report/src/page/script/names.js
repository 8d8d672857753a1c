/** What the page knows of its series: names, classes, and the names of their points. */
const series = JSON.parse(document.getElementById("page-data").textContent);

/** The colour of a series, as it is now. */
function colorOf(index) {
  const slot = series.classes[index].split(" ")[0];
  return getComputedStyle(document.documentElement).getPropertyValue("--" + slot).trim();
}

/** What a path is of: a series of the page, or one of its chart alone. */
const nameOf = (path) => path.dataset.name ?? series.states[path.dataset.s];

/** Four significant digits, without idle zeros. */
function digits(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return value.toExponential(3);
  return String(Number(value.toPrecision(4)));
}

const withUnit = (value, unit) => digits(value) + (unit ? "\u202f" + unit : "");
