/** The sentence on top of the overview. */

/** @param counts how many flows have each status */
export function overviewSentence(counts) {
  const parked = counts.PARKED ?? 0;
  const moving = (counts.IN_PROGRESS ?? 0) + (counts.UNDOING ?? 0) + (counts.WAITING ?? 0);
  if (parked > 0) {
    return `${parked.toLocaleString('en')} ${parked === 1 ? 'flow waits' : 'flows wait'} for you; ${moving > 0 ? 'everything else moves' : 'nothing else is open'}.`;
  }
  return moving > 0 ? 'All flows move.' : 'No flow is open.';
}
