// What the pages' numbers should be, straight from the definitions and as slow as those are.

/** The middle value, or the mean of the two middle ones. */
export function median(values) {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length / 2;
  return Number.isInteger(half) ? (sorted[half - 1] + sorted[half]) / 2 : sorted[Math.floor(half)];
}

/** 1.4826 times the median absolute deviation from the median. */
export function mad(values) {
  const middle = median(values);
  return 1.4826 * median(values.map((value) => Math.abs(value - middle)));
}

export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The mean square about the mean. */
export function variance(values) {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
}

export function std(values) {
  return Math.sqrt(variance(values));
}

export function peakToPeak(values) {
  return Math.max(...values) - Math.min(...values);
}

/** The deviation of the steps from one reading to the next. */
export function diffStd(values) {
  return std(values.slice(1).map((value, at) => value - values[at]));
}

/** Pearson's. */
export function correlation(a, b) {
  const [one, other] = [mean(a), mean(b)];
  const covariance = mean(a.map((value, at) => (value - one) * (b[at] - other)));
  return covariance / (std(a) * std(b));
}

/** The amplitude of a line: of the sum of a Fourier transform, after Hann's window, without the mean. */
export function amplitude(values, line) {
  const middle = mean(values);
  let [real, imaginary, whole] = [0, 0, 0];
  for (const [at, value] of values.entries()) {
    const turn = (2 * Math.PI * at) / values.length;
    const weight = 0.5 - 0.5 * Math.cos(turn);
    real += weight * (value - middle) * Math.cos(line * turn);
    imaginary -= weight * (value - middle) * Math.sin(line * turn);
    whole += weight;
  }
  // Half the sample rate has no other side.
  const sides = 2 * line === values.length ? 1 : 2;
  return (sides * Math.hypot(real, imaginary)) / whole;
}

/** The share of pairs in which the anomaly is higher; a tie is half a pair. */
export function shareHigher(normal, anomalies) {
  let higher = 0;
  for (const anomaly of anomalies) {
    for (const one of normal) {
      higher += anomaly > one ? 1 : anomaly === one ? 0.5 : 0;
    }
  }
  return higher / (normal.length * anomalies.length);
}

/** Of an area: the same if higher and lower are called otherwise. */
export function folded(area) {
  return Math.max(area, 1 - area);
}
