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

/**
 * What the numbers of flows leave out; nothing where no part runs.
 *
 * @param parts how many parts of flows have each status; absent of an older orchestrator
 */
export function partsSentence(parts) {
  const running = ['WAITING', 'IN_PROGRESS', 'UNDOING', 'PARKED'].reduce((sum, status) => sum + (parts?.[status] ?? 0), 0);
  return running > 0 ? `Of their parts, ${running.toLocaleString('en')} ${running === 1 ? 'has' : 'have'} not ended.` : '';
}
