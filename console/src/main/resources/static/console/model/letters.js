/** Groups of dead letters, and what is asked for a group. */

import {filterOption, option, post, quoted} from './command.js';

/** The query of REST for the filter of the page, whose flow is the flowId there. */
export function letterQuery({flow, topic, reason, fingerprint, seen}, more = {}) {
  const all = {...more, topic, reason, flowId: flow, fingerprint, seen};
  return new URLSearchParams(Object.entries(all).filter(([, value]) => value !== undefined && value !== ''));
}

/** Whether a filter is a group and nothing else: only then are its dead letters the ones that a mark of the group is for. */
export function markedAsWhole({fingerprint, topic, reason, flow, seen}) {
  return Boolean(fingerprint) && ![topic, reason, flow, seen].some(Boolean);
}

/** The body that marks dead letters as seen, or takes the mark back: some by their ids, or a group up to where it was read. */
export function seenBody({ids, fingerprint, upTo, seen}) {
  return JSON.stringify({...(ids ? {ids} : {fingerprint, upTo}), ...(seen ? {} : {seen: false})});
}

export function seenCli({ids, fingerprint, seen}) {
  return ['./doundo dead-letters seen', ...(seen ? [] : ['--undo']), ...(ids ? ids.map(quoted) : [option('fingerprint', fingerprint)])].join(' ');
}

export function seenCurl(request, {url, withKey}) {
  return post(url, seenBody(request), withKey);
}

/** The body of a request for a job that sends dead letters again. */
export function resendJobBody({filter, reason, perSecond}) {
  return JSON.stringify({verb: 'RESEND', filter: letterQuery(filter).toString(), reason, perSecond});
}

export function resendJobCli({filter, reason, perSecond}) {
  return ['./doundo dead-letters resend', filterOption(letterQuery(filter).toString()), option('reason', reason), `--per-second ${perSecond}`].join(' ');
}
