/** Reads the few meters that the overview needs from the text for Prometheus. */

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** The values of one meter by the value of one label. */
export function byLabel(text, meter, label) {
  const values = {};
  for (const line of text.split('\n')) {
    const match = LINE.exec(line);
    if (match?.[1] === meter) {
      const labels = Object.fromEntries([...(match[2] ?? '').matchAll(LABEL)].map((found) => [found[1], found[2]]));
      values[labels[label] ?? ''] = (values[labels[label] ?? ''] ?? 0) + Number(match[3]);
    }
  }
  return values;
}

/** The sentence on top of the overview. */
export function overviewSentence(counts) {
  const parked = counts.PARKED ?? 0;
  const moving = (counts.IN_PROGRESS ?? 0) + (counts.UNDOING ?? 0) + (counts.WAITING ?? 0);
  if (parked > 0) {
    return `${parked.toLocaleString('en')} ${parked === 1 ? 'flow waits' : 'flows wait'} for you; ${moving > 0 ? 'everything else moves' : 'nothing else is open'}.`;
  }
  return moving > 0 ? 'All flows move.' : 'No flow is open.';
}
