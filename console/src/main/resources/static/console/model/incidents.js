/** Incidents in words. */

import {count} from './text.js';

const TRENDS = {NEW: 'new', GROWING: 'growing', QUIET: 'quiet', STEADY: 'steady'};

export function trendWord(trend) {
  return TRENDS[trend] ?? String(trend ?? '').toLowerCase();
}

/** "assignRoles UNDO failed", "charge DO is in doubt". */
export function incidentTitle(incident) {
  const what = incident.kind === 'IN_DOUBT' ? 'is in doubt' : 'failed';
  return [incident.step, incident.action, what].filter((word) => word).join(' ');
}

/** How many of its flows need somebody. */
export function incidentCount(incident) {
  const {parked, open, flows} = incident;
  const rest = [open > parked ? `${(open - parked).toLocaleString('en')} still trying` : '', flows > open ? `${(flows - open).toLocaleString('en')} ended` : ''].filter((word) => word);
  const first = parked > 0 ? `${count(parked, 'flow waits', 'flows wait')} for you` : 'nothing waits for you';
  return [first, ...rest].join(', ');
}

/** The sentence that stands for no groups of errors; a breaker that is open for long is an incident, too. */
export function noIncidents(breakers) {
  return breakers.length === 0 ? 'Nothing waits for an operator.' : 'No flow waits for an operator.';
}

/** How many incidents need somebody: groups with parked flows, and breakers that are open for long. */
export function incidentsThatWait(page) {
  return (page?.incidents ?? []).filter((incident) => incident.parked > 0).length + (page?.breakers ?? []).length;
}

/** The filter of the flows that wait in a group. */
export function parkedIn(incident) {
  return {status: ['PARKED'], fingerprint: incident.fingerprint};
}
