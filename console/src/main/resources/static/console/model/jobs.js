/** Bulk jobs in words. */

import {count} from './text.js';

const STATES = {
  DRAFT: ['quiet', 'circle', 'draft'],
  RUNNING: ['run', 'play', 'runs'],
  PAUSED: ['quiet', 'pause', 'paused'],
  STOPPED: ['stop', 'cross', 'stopped'],
  DONE: ['done', 'check', 'done'],
};

export function jobLook(state) {
  const [family, shape, word] = STATES[state] ?? ['quiet', 'circle', String(state)];
  return {family, shape, word};
}

/** Whether a job sends dead letters again, and does not ask anything of flows. */
export function isResend(job) {
  return job.verb.toUpperCase() === 'RESEND';
}

/** What a job is about, in the singular. */
export function noun(job) {
  return isResend(job) ? 'dead letter' : 'flow';
}

/** "retry reserveInventory in 41 flows". */
export function jobTitle(job) {
  return `${job.verb.toLowerCase()}${job.step ? ` ${job.step}` : ''} ${job.step ? 'in ' : ''}${count(job.matched, noun(job))}`;
}

/** What became of the flows, as one sentence. */
export function jobSentence(job) {
  const {recovered, trying, parkedAgain, abandoned, resent, deadLetteredAgain} = job.outcome;
  const parts = [
    resent > 0 ? `${resent.toLocaleString('en')} sent again and not rejected since` : '',
    deadLetteredAgain > 0 ? `${count(deadLetteredAgain, 'dead letter')} again` : '',
    recovered > 0 ? `${recovered.toLocaleString('en')} recovered` : '',
    trying > 0 ? `${trying.toLocaleString('en')} still trying` : '',
    parkedAgain > 0 ? `${parkedAgain.toLocaleString('en')} parked again` : '',
    abandoned > 0 ? `${abandoned.toLocaleString('en')} abandoned` : '',
    job.refused > 0 ? `${job.refused.toLocaleString('en')} refused` : '',
    job.changed > 0 ? `${job.changed.toLocaleString('en')} had changed and were not touched` : '',
    job.left > 0 ? `${job.left.toLocaleString('en')} left` : '',
  ].filter((part) => part);
  return parts.length === 0 ? `No ${noun(job)} matched.` : `${parts.join(', ')}.`;
}

/** Who has paused or stopped a job, and why. */
export function haltSentence({state, halted}) {
  return `${state === 'STOPPED' ? 'Stopped' : 'Paused'} by ${halted.by}${halted.reason ? `: ${halted.reason}` : ''}.`;
}

/** The counts of a preview, most first, as rows. */
export function countRows(counts) {
  return Object.entries(counts ?? {}).sort(([, a], [, b]) => b - a);
}

/** How long the rest takes at this rate, in ms. */
export function remaining(job) {
  return (job.left / Math.max(1, job.perSecond)) * 1000;
}

/** The verbs after which effects stand that nobody undoes, or that undo many flows. */
export function isDangerous(verb, flows) {
  return ['ABANDON', 'SKIP'].includes(verb.toUpperCase()) || (['UNDO', 'CANCEL'].includes(verb.toUpperCase()) && flows > 20);
}

/** A count as it is typed: separators do not matter. */
export function isTyped(typed, flows) {
  return typed.replace(/[\s,._']/g, '') === String(flows);
}

/** Whether the job still changes by itself. */
export function isMoving(job) {
  return job.state === 'RUNNING' || job.outcome.trying > 0;
}
