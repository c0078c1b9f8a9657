/** Places the bars and lines of small charts. Uses no DOM. */

/** Lines differ by more than their colour. */
const DASHES = ['none', '7 4', '2 3', '10 3 2 3'];

/** A bar for each count; one that is not zero is at least one pixel high. */
export function bars(values, {width, height}) {
  const most = Math.max(1, ...values);
  const step = width / Math.max(1, values.length);
  return values.flatMap((value, i) => {
    if (value <= 0) {
      return [];
    }
    const tall = Math.max(1, (value / most) * height);
    return [{x: round(i * step), y: round(height - tall), width: round(Math.max(1, step - 1)), height: round(tall)}];
  });
}

/** A path for each series, all on one scale. */
export function lines(series, {width, height}) {
  const most = Math.max(1, ...series.flatMap((one) => one.values));
  return series.map((one, i) => {
    const step = one.values.length > 1 ? width / (one.values.length - 1) : 0;
    const points = one.values.map((value, at) => `${round(at * step)} ${round(height - (value / most) * (height - 4))}`);
    return {
      name: one.name,
      family: one.family,
      dash: DASHES[i % DASHES.length],
      d: points.length === 0 ? '' : `M${points.join('L')}`,
      total: one.values.reduce((sum, value) => sum + value, 0),
    };
  });
}

function round(value) {
  return Math.round(value * 10) / 10;
}
