/** What the find box offers for a text: flows, incidents, orchestrations and their steps, jobs, and pages. */

import {incidentTitle} from './incidents.js';
import {jobTitle} from './jobs.js';
import {flowLook} from './status.js';
import {flowPath, flowsPath, incidentPath, jobPath, orchestrationPath} from './url.js';

/** No kind takes the place of the others. */
const MOST_OF_A_KIND = 5;

/** Flows are looked up for texts of this length; a single letter is in nearly all of them. */
export const SHORTEST_LOOK_UP = 2;

/**
 * @param known what was read: {flows, incidents, orchestrations, jobs, pages}; each may be missing
 * @return kinds in the order in which they are shown: [{kind, found: [{word, note, path}]}], none of them empty
 */
export function found(text, known) {
  const wanted = text.trim();
  if (wanted === '') {
    return [];
  }
  const steps = (known.orchestrations ?? []).flatMap((one) => (one.stepNames ?? []).map((step) => ({orchestration: one.name, step})));
  return [
    kind('Flows', rest(known.flows), (flow) => ({
      word: flow.flowId,
      note: [flow.orchestrationName, flowLook(flow.status).word, flow.searchValue ?? ''].filter((part) => part).join(', '),
      path: flowPath(flow.flowId),
    })),
    kind('Incidents', best(wanted, known.incidents, (one) => [one.template, incidentTitle(one), one.fingerprint]), (one) => ({
      word: one.template, note: `${incidentTitle(one)} of ${one.orchestration}`, path: incidentPath(one.fingerprint),
    })),
    kind('Orchestrations', best(wanted, known.orchestrations, (one) => [one.name, one.title, one.category, ...(one.labels ?? [])]), (one) => ({
      word: one.title ?? one.name, note: one.title ? one.name : '', path: orchestrationPath(one.name),
    })),
    kind('Steps', best(wanted, steps, (one) => [one.step]), (one) => ({
      word: one.step, note: `of ${one.orchestration}`, path: `${orchestrationPath(one.orchestration)}#${encodeURIComponent(one.step)}`,
    })),
    kind('Jobs', best(wanted, known.jobs, (one) => [one.reason, jobTitle(one), one.jobId]), (one) => ({
      word: jobTitle(one), note: one.reason, path: jobPath(one.jobId),
    })),
    kind('Pages', best(wanted, known.pages, (one) => [one.word]), (one) => ({word: one.word, note: '', path: one.path})),
    kind('All flows', known.hasLists === false ? [] : [
      {word: `with “${wanted}” in the flowId or search value`, note: '', path: flowsPath({search: wanted})},
      {word: `with “${wanted}” in the error`, note: '', path: flowsPath({error: wanted})},
    ], (one) => one),
  ].filter((one) => one.found.length > 0);
}

function kind(name, all, entry) {
  return {kind: name, found: all.map(entry)};
}

function rest(all) {
  return (all ?? []).slice(0, MOST_OF_A_KIND);
}

/** Those with the text in one of their words: first where a word is the text, then where one begins with it. */
function best(text, all, words) {
  const wanted = text.toLowerCase();
  return (all ?? [])
    .map((one) => ({one, rank: Math.min(...words(one).map((word) => rank(String(word ?? '').toLowerCase(), wanted)))}))
    .filter(({rank: value}) => value < NOT_IN_IT)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MOST_OF_A_KIND)
    .map(({one}) => one);
}

const NOT_IN_IT = 3;

function rank(word, wanted) {
  return word === wanted ? 0 : word.startsWith(wanted) ? 1 : word.includes(wanted) ? 2 : NOT_IN_IT;
}

/** The entries of all kinds in the order in which the arrow keys pass them. */
export function flat(kinds) {
  return kinds.flatMap((one) => one.found);
}

/** The entry after this one in the direction of an arrow key; -1 is the text itself. */
export function next(at, by, count) {
  return ((at + 1 + by + count + 1) % (count + 1)) - 1;
}
