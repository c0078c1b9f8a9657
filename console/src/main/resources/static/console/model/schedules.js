/** Schedules in words. */

import {count} from './text.js';

const STATES = {
  ACTIVE: ['run', 'hourglass', 'active'],
  PAUSED: ['quiet', 'pause', 'paused'],
  STOPPED: ['quiet', 'slash', 'accepts no starts'],
  BLOCKED: ['stop', 'octagon', 'blocked'],
  FINISHED: ['done', 'check', 'finished'],
  WITHDRAWN: ['quiet', 'dash', 'withdrawn'],
};

const ENTRIES = {
  SCHEDULE_DECLARED: ['quiet', 'plus', 'declared'],
  SCHEDULE_WITHDRAWN: ['quiet', 'minus', 'withdrawn'],
  SCHEDULE_PAUSED: ['quiet', 'pause', 'paused'],
  SCHEDULE_RESUMED: ['run', 'play', 'resumed'],
  SCHEDULE_STOPPED: ['quiet', 'slash', 'stands still'],
  SCHEDULE_STARTED: ['run', 'play', 'goes on'],
  RUN_STARTED: ['run', 'play', 'started'],
  RUN_CAUGHT_UP: ['run', 'again', 'caught up'],
  RUN_REQUESTED: ['run', 'hand', 'triggered'],
  RUN_OVERLAPPED: ['back', 'return-hollow', 'overlapped'],
  RUN_SKIPPED: ['quiet', 'dash', 'skipped'],
  RUN_BLOCKED: ['stop', 'octagon', 'blocked'],
  RUNS_MISSED: ['stop', 'cross-hollow', 'missed'],
  RUN_FAILED_TO_START: ['stop', 'cross', 'did not start'],
  RUN_ENDED: ['done', 'check', 'ended'],
  RUN_STUCK: ['stop', 'octagon', 'needs an operator'],
  REQUEST_REFUSED: ['quiet', 'cross', 'request refused'],
};

/** What becomes of a run when it is due; the latest of these says how the schedule fares. */
const OUTCOMES = new Set(['RUN_STARTED', 'RUN_CAUGHT_UP', 'RUN_REQUESTED', 'RUN_SKIPPED', 'RUN_BLOCKED', 'RUNS_MISSED', 'RUN_FAILED_TO_START', 'RUN_ENDED']);

const PROGRESS = {
  RUNNING: ['run', 'play', 'runs'],
  GOING_BACK: ['back', 'return-hollow', 'is being undone'],
  BLOCKED: ['stop', 'octagon', 'needs an operator'],
};

function look(table, name) {
  const [family, shape, word] = table[name] ?? ['quiet', 'circle', String(name)];
  return {family, shape, word};
}

export function scheduleLook(state) {
  return look(STATES, state);
}

export function progressLook(progress) {
  return look(PROGRESS, progress);
}

/** What happened, with how often when it was more than once. */
export function entryLook(entry) {
  const shown = look(ENTRIES, entry.type);
  return entry.count > 1 ? {...shown, word: `${entry.count.toLocaleString('en')} ${shown.word}`} : shown;
}

/** What became of the last run that was due; undefined before the first. */
export function lastOutcome(schedule) {
  return schedule.recent.find((entry) => OUTCOMES.has(entry.type));
}

/** The rules of a schedule in one sentence. */
export function rules(schedule) {
  if (schedule.after) {
    return 'The next run waits for the end of the one before.';
  }
  const overlap = {
    SKIP: 'A run does not start while an earlier one goes on.',
    CANCEL: 'An earlier run is cancelled, and so undone, before the next one starts.',
    ALLOW: 'Runs start beside earlier ones.',
  }[schedule.overlap] ?? String(schedule.overlap);
  const late = schedule.catchUp === 'LATEST' ? `The latest run that was missed is caught up within ${schedule.within}.` : 'Runs that were missed are not caught up.';
  return `${overlap} ${late}`;
}

/** Why nothing starts, or that something does, as one sentence. */
export function scheduleSentence(schedule) {
  const {paused} = schedule;
  switch (schedule.state) {
    case 'PAUSED':
      return `Paused${paused?.by ? ` by ${paused.by}` : ''}${paused?.reason ? `: ${paused.reason}` : ''}.`;
    case 'STOPPED':
      return `Stands still: ${schedule.stopped}.`;
    case 'BLOCKED':
      return `${count(schedule.blocked, 'run')} did not start, because an earlier one needs an operator.`;
    case 'FINISHED':
      return 'It has no further time.';
    case 'WITHDRAWN':
      return 'The newest version of the orchestration does not have it. Its last runs go on.';
    default:
      return schedule.running.length > 0 ? `${count(schedule.running.length, 'run')} in progress.` : 'Waits for its next time.';
  }
}

/** What may be asked of a schedule in its state. */
export function scheduleVerbs(schedule) {
  if (schedule.state === 'WITHDRAWN') {
    return [];
  }
  return [...(schedule.paused ? ['resume'] : ['pause']), ...(schedule.state === 'STOPPED' ? [] : ['trigger'])];
}

/** What fires a trigger, and what it does, in words; a schedule is shown on a page of its own. */
export function triggerRow(trigger) {
  const ways = {none: 'not verified', apiKey: 'with an API key'};
  const verified = trigger.verify ? ways[trigger.verify] ?? `verified: ${trigger.verify}` : '';
  return {
    name: trigger.name,
    kind: trigger.kind.toLowerCase(),
    source: trigger.kind === 'EVENT' ? `topic ${trigger.source}${trigger.from === 'earliest' ? ', from its beginning' : ''}` : trigger.source,
    verified,
    isOpen: trigger.verify === 'none',
    when: trigger.when ?? '',
    does: trigger.signal ? `signals ${trigger.signal}` : 'starts a flow',
    flowId: trigger.flowId ?? '',
  };
}
