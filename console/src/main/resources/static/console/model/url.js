/** The addresses of the console's pages. An address fully describes its page. */

import {instant, isRelative} from './time.js';

const FILTERS = [
  'status', 'parkReason', 'orchestration', 'version', 'step', 'stepStatus', 'fingerprint', 'error', 'key', 'id', 'search', 'worker', 'workerVersion', 'job',
  'from', 'to', 'endedFrom', 'endedTo', 'updatedFrom', 'updatedTo', 'paused', 'inDoubt', 'leftStanding', 'parent', 'parts',
  'sort', 'cursor',
];

/** The filters that are times: absolute, or relative such as -1h. */
export const TIMES = ['from', 'to', 'endedFrom', 'endedTo', 'updatedFrom', 'updatedTo'];

/** The filter of a list of tasks, and the one that is open. */
const TASK_FILTERS = ['assignee', 'candidate', 'orchestration', 'overdue', 'cursor', 'flowId', 'step'];

/** The filter of a list of notifications. */
const NOTIFICATION_FILTERS = ['state', 'receiver', 'orchestration', 'flowId'];

/** A flowId that every proxy leaves unchanged in a path; others go into the query. */
const PATH_SAFE = /^(?!\.{1,2}$)[A-Za-z0-9._~-]+$/;

/**
 * @param at the entry of the timeline to show
 * @param since from when on to look for a flow that is no longer kept
 */
export function flowPath(flowId, {at, since} = {}) {
  return PATH_SAFE.test(flowId) ? withQuery(`flows/${flowId}`, {at, since}) : withQuery('flow', {flowId, at, since});
}

/** The REST path of a flow, or of a resource below it. */
export function flowApi(flowId, below = '', query = {}) {
  const parameters = new URLSearchParams(query);
  if (PATH_SAFE.test(flowId)) {
    const rest = parameters.toString();
    return `api/flows/${flowId}${below && `/${below}`}${rest && `?${rest}`}`;
  }
  const all = new URLSearchParams({flowId, ...query});
  return `api/flow${below && `/${below}`}?${all}`;
}

/**
 * @param version a version other than the newest
 * @param diff an earlier version to compare it with
 */
export function orchestrationPath(name, {version, diff} = {}) {
  return withQuery(`orchestrations/${encodeURIComponent(name)}`, {version, diff});
}

/** The REST path of an orchestration, or of a resource below it. */
export function orchestrationApi(name, below = '', query = {}) {
  return withQuery(`api/orchestrations/${encodeURIComponent(name)}${below && `/${below}`}`, query);
}

/** The page that compares two flows; without the second one it looks for the last good one. */
export function comparePath(a, b) {
  return withQuery('compare', {a, b});
}

export function incidentsPath(filter = {}) {
  return withQuery('incidents', filter);
}

export function incidentPath(fingerprint) {
  return `incidents/${encodeURIComponent(fingerprint)}`;
}

export function jobPath(jobId, {outcome} = {}) {
  return withQuery(`jobs/${encodeURIComponent(jobId)}`, {outcome});
}

export function schedulePath({orchestration, trigger}) {
  return `schedules/${encodeURIComponent(orchestration)}/${encodeURIComponent(trigger)}`;
}

/** The REST path of a schedule, or of what is asked of it. */
export function scheduleApi(schedule, verb = '') {
  return `api/${schedulePath(schedule)}${verb && `/${verb}`}`;
}

export function breakerPath({name}) {
  return `breakers/${encodeURIComponent(name)}`;
}

/** The REST path of a breaker, or of what is asked of it. */
export function breakerApi(breaker, verb = '') {
  return `api/${breakerPath(breaker)}${verb && `/${verb}`}`;
}

/** @param filter {state, receiver, orchestration, flowId} */
export function notificationsPath(filter = {}) {
  return withQuery('notifications', filter);
}

export function notificationPath({id}) {
  return `notifications/${encodeURIComponent(id)}`;
}

/** The REST path of a list of notifications. */
export function notificationsApi(filter = {}) {
  return `api/${notificationsPath(filter)}`;
}

/** The REST path of a notification, or of what is asked of it. */
export function notificationApi(notification, verb = '') {
  return `api/${notificationPath(notification)}${verb && `/${verb}`}`;
}

export function tasksPath(filter = {}) {
  return withQuery('tasks', filter);
}

/** @param filter {topic, reason, flow, fingerprint, seen, cursor, letter} */
export function deadLettersPath(filter = {}) {
  return withQuery('dead-letters', filter);
}

/** Parameters without a value are left out. */
function withQuery(path, parameters) {
  const present = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return present.length === 0 ? path : `${path}?${new URLSearchParams(present)}`;
}

/** The page of an address relative to the root. */
export function route(path, search) {
  const query = new URLSearchParams(search);
  const parts = path.split('/').filter((part) => part !== '');
  let decoded;
  try {
    decoded = parts.map(decodeURIComponent);
  } catch {
    return {page: 'unknown', path};
  }
  const [first, second] = decoded;
  if (parts.length === 0) {
    return {page: 'overview', window: query.get('window') ?? ''};
  }
  if (first === 'flows' && parts.length === 1) {
    return {page: 'flows', filter: filterOf(query)};
  }
  if (first === 'flows' && parts.length === 2) {
    return flowPage(second, query);
  }
  if (first === 'flow' && parts.length === 1 && query.get('flowId')) {
    return flowPage(query.get('flowId'), query);
  }
  if (first === 'orchestrations' && parts.length <= 2) {
    return parts.length === 1
      ? {page: 'orchestrations'}
      : {page: 'orchestration', name: second, version: query.get('version') ?? '', diff: query.get('diff') ?? ''};
  }
  if (first === 'tasks' && parts.length === 1) {
    return {page: 'tasks', filter: Object.fromEntries(TASK_FILTERS.map((name) => [name, query.get(name) ?? '']))};
  }
  if (first === 'incidents' && parts.length <= 2) {
    return parts.length === 1
      ? {page: 'incidents', filter: {window: query.get('window') ?? '', orchestration: query.get('orchestration') ?? '', step: query.get('step') ?? ''}}
      : {page: 'incident', fingerprint: second};
  }
  if (first === 'jobs' && parts.length <= 2) {
    return parts.length === 1 ? {page: 'jobs'} : {page: 'job', jobId: second, outcome: query.get('outcome') ?? ''};
  }
  if (first === 'schedules' && (parts.length === 1 || parts.length === 3)) {
    return parts.length === 1 ? {page: 'schedules', orchestration: query.get('orchestration') ?? ''} : {page: 'schedule', orchestration: second, trigger: decoded[2]};
  }
  if (first === 'breakers' && parts.length <= 2) {
    return parts.length === 1 ? {page: 'breakers'} : {page: 'breaker', name: second};
  }
  if (first === 'notifications' && parts.length <= 2) {
    return parts.length === 1
      ? {page: 'notifications', filter: Object.fromEntries(NOTIFICATION_FILTERS.map((name) => [name, query.get(name) ?? '']))}
      : {page: 'notification', notification: second};
  }
  if (first === 'compare' && parts.length === 1) {
    return {page: 'compare', a: query.get('a') ?? '', b: query.get('b') ?? ''};
  }
  if (first === 'dead-letters' && parts.length === 1) {
    return {page: 'deadLetters', ...Object.fromEntries(['cursor', 'letter', 'topic', 'reason', 'flow', 'fingerprint', 'seen'].map((name) => [name, query.get(name) ?? '']))};
  }
  return {page: 'unknown', path};
}

function flowPage(flowId, query) {
  const since = query.get('since');
  return {page: 'flow', flowId, at: query.get('at') ?? '', ...(since ? {since} : {})};
}

/** The filter of a list of flows; each value as written in the address. */
export function filterOf(query) {
  const filter = {status: query.getAll('status')};
  for (const name of FILTERS.slice(1)) {
    filter[name] = query.get(name) ?? '';
  }
  return filter;
}

export function filterQuery(filter) {
  const query = new URLSearchParams();
  for (const name of FILTERS) {
    for (const value of [filter[name] ?? []].flat()) {
      if (value !== '') {
        query.append(name, value);
      }
    }
  }
  return query;
}

/**
 * The query of REST for the filter of a list of flows; a relative time becomes the one that it means now.
 *
 * @param keepRelative whether a relative time stays one, as in a list that is followed
 * @throws RangeError that names the bound which is no time
 */
export function restQuery(filter, now, keepRelative = false) {
  const query = filterQuery(filter);
  for (const bound of TIMES.filter((name) => filter[name])) {
    const at = keepRelative && isRelative(filter[bound]) ? filter[bound].trim() : instant(filter[bound], now);
    if (at === null) {
      throw new RangeError(`${bound} must be a time such as 2026-11-29 02:00 or a distance such as -1h.`);
    }
    query.set(bound, at);
  }
  return query;
}

export function flowsPath(filter = {}) {
  const query = filterQuery(filter).toString();
  return query ? `flows?${query}` : 'flows';
}
