/** Circuit breakers in words. */

import {count} from './text.js';

const STATES = {
  CLOSED: ['done', 'check', 'closed'],
  OPEN: ['stop', 'octagon', 'open'],
  HALF_OPEN: ['run', 'again', 'tries its service'],
  FORCED_OPEN: ['quiet', 'pause', 'forced open'],
};

const ENTRIES = {
  BREAKER_OPENED: ['stop', 'octagon', 'opened'],
  BREAKER_HALF_OPENED: ['run', 'again', 'tried its service'],
  BREAKER_CLOSED: ['done', 'check', 'closed'],
  BREAKER_FORCED_OPEN: ['quiet', 'pause', 'forced open'],
  BREAKER_RESET: ['done', 'hand', 'reset'],
  BREAKER_CONFIGURED: ['quiet', 'pencil', 'configured'],
  BREAKER_DELETED: ['quiet', 'minus', 'deleted'],
  REQUEST_REFUSED: ['quiet', 'cross', 'request refused'],
};

function look(table, name) {
  const [family, shape, word] = table[name] ?? ['quiet', 'circle', String(name)];
  return {family, shape, word};
}

export function breakerLook(state) {
  return look(STATES, state);
}

export function breakerEntryLook(entry) {
  return look(ENTRIES, entry.type);
}

/** Those that hold commands first, then by name. */
export function sortedBreakers(breakers) {
  const rank = (breaker) => (breaker.state === 'CLOSED' ? 1 : 0);
  return [...breakers].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

/** How many breakers hold commands, as one sentence. */
export function breakersSentence(breakers) {
  const open = breakers.filter((breaker) => breaker.state !== 'CLOSED');
  if (open.length === 0) {
    return 'No breaker is open.';
  }
  const held = open.reduce((sum, breaker) => sum + breaker.held, 0);
  return `${count(open.length, 'breaker')} ${open.length === 1 ? 'is' : 'are'} not closed; ${count(held, 'step')} ${held === 1 ? 'is' : 'are'} held.`;
}

/** Its figures in one sentence. */
export function figures({config}) {
  return `Opens after ${count(config.faults, 'fault')} within ${config.window}, for ${config.openFor} at first; then ${count(config.firstWave, 'command')} ${config.firstWave === 1 ? 'tries' : 'try'} the service.`;
}

/** What may be asked of a breaker in its state. */
export function breakerVerbs(breaker) {
  return [...(breaker.state === 'CLOSED' ? [] : ['reset']), ...(breaker.state === 'FORCED_OPEN' ? [] : ['open'])];
}

/** The full minute at which so many milliseconds are over, so that a command stays the same for a while. */
export function minuteAfter(ms, now) {
  return new Date(Math.ceil((now + ms) / 60_000) * 60_000).toISOString().replace('.000Z', 'Z');
}
