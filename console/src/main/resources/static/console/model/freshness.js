/** How fresh the page is. */

import {clock, duration} from './time.js';

/** An answer is late if it is overdue by this much. */
const LATE_MS = 8_000;

/** Lists that lag by more than this are behind. */
const BEHIND_MS = 5_000;

/** How fresh a list is by its own words; of an older orchestrator that says nothing, it counts as complete. */
export function toldBy({complete = true, note, lagMs}) {
  return {complete, note, lagMs};
}

/** How fresh an answer about one thing is by its own words; of an older orchestrator, as for a list. */
export function toldByOne({complete = true, lagMs}) {
  // How far behind it is says more than that it is; right after a start there is no such figure.
  const isOld = complete === false && !(lagMs > BEHIND_MS);
  return {complete: !isOld, note: isOld ? 'this may be an older state.' : undefined, lagMs};
}

/** An answer that says no makes the page true as of now only where no older figures stand on it. */
export function refusedAt(at, hasFigures, now) {
  return hasFigures ? at : now;
}

/**
 * @param last {at, lost, why, complete, note, lagMs}: the time of the last good answer, since when
 *     answers fail, and how far the lists lag behind
 * @param every the refresh interval of the page, in milliseconds
 * @param isStreamed whether the server says at once what changes
 * @return {state: live|behind|lost, text}
 */
export function freshness(last, now, zone, every = 2000, isStreamed = false) {
  if (last.lost) {
    const since = clock(last.lost, zone);
    return {
      state: 'lost',
      text: last.at
        ? `${last.why || 'Connection lost'} (${since}). This is what was true at ${clock(last.at, zone)}.`
        : `${last.why || 'Connection lost'} (${since}).`,
    };
  }
  if (!last.at) {
    return {state: 'behind', text: 'Reading…'};
  }
  const age = now - last.at;
  if (last.complete === false) {
    return {state: 'behind', text: last.note ? `Not complete: ${last.note}` : 'Not complete: some may be missing.'};
  }
  if (age > every + LATE_MS) {
    return {state: 'behind', text: `As of ${duration(age)} ago`};
  }
  if (last.lagMs > BEHIND_MS) {
    return {state: 'behind', text: `Behind by ${duration(last.lagMs)}`};
  }
  return {state: 'live', text: isStreamed ? 'Live, as it happens' : `Live, ${(age / 1000).toFixed(1)} s ago`};
}
