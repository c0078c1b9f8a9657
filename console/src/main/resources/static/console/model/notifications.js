/** Notifications in words. */

import {count} from './text.js';
import {breakerPath, flowPath, schedulePath} from './url.js';

const STATES = {
  PENDING: ['run', 'hourglass', 'pending'],
  DELIVERED: ['done', 'check', 'delivered'],
  GIVEN_UP: ['stop', 'octagon', 'given up'],
};

/** The states that a list can be narrowed to; an empty one is all. */
export const STATE_FILTERS = [['', 'All'], ['PENDING', 'Pending'], ['GIVEN_UP', 'Given up'], ['DELIVERED', 'Delivered']];

export function notificationLook(state) {
  const [family, shape, word] = STATES[state] ?? ['quiet', 'circle', String(state)];
  return {family, shape, word};
}

/** What the receivers are still to be told, as one sentence. */
export function receiversSentence(receivers) {
  if (receivers.length === 0) {
    return 'Every receiver has been told.';
  }
  const pending = receivers.reduce((sum, receiver) => sum + receiver.pending, 0);
  return `${count(receivers.length, 'receiver')} ${receivers.length === 1 ? 'is' : 'are'} still to be told of ${count(pending, 'notification')}.`;
}

/** What became of the requests to send again that were not carried out; empty when there is none. */
export function resendsSentence({waiting}) {
  return waiting === 0 ? '' : `${count(waiting, 'request')} to send again ${waiting === 1 ? 'is' : 'are'} not carried out yet.`;
}

/** Those that a receiver has not got first, and among them the one that waits longest. */
export function sortedReceivers(receivers) {
  return [...receivers].sort((a, b) => (a.oldest < b.oldest ? -1 : a.oldest > b.oldest ? 1 : a.receiver < b.receiver ? -1 : 1));
}

/** What the button does: a pending one is tried anyway, so it is only tried sooner. */
export function resendWord(notification) {
  return notification.state === 'PENDING' ? 'Send now' : 'Send again';
}

/** What it is about, and the path of its page. */
export function subject({flowId, schedule, breaker}) {
  if (flowId) {
    return {text: flowId, path: flowPath(flowId)};
  }
  if (schedule) {
    const slash = schedule.indexOf('/');
    return {text: `schedule ${schedule}`, path: schedulePath({orchestration: schedule.slice(0, slash), trigger: schedule.slice(slash + 1)})};
  }
  return {text: `breaker ${breaker}`, path: breakerPath({name: String(breaker)})};
}

/** How an attempt has ended. */
export function attemptWord({status, error}) {
  return error ? `${status ? `${status}: ` : ''}${error}` : `${status || ''} accepted`.trim();
}
