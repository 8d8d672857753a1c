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
