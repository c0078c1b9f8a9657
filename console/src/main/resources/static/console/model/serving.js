/** Who serves the steps of an orchestration, how fast they answer, and what a worker for a step looks like. */

import {count} from './text.js';
import {ago, duration} from './time.js';

/**
 * What is known of the workers of a step, in words.
 *
 * @param rows of GET /api/workers
 * @return {declared, lines: [{text, isWarning}]}; no lines where nothing is known
 */
export function serving(step, rows, now) {
  const lines = [];
  for (const row of (rows ?? []).filter((one) => one.step === step)) {
    const members = row.groups.reduce((sum, group) => sum + group.members.length, 0);
    const names = row.groups.filter((group) => group.members.length > 0).map((group) => group.group);
    if (row.attached === 'NO') {
      lines.push({text: `${row.action}: no worker is attached`, isWarning: true});
    } else if (row.attached === 'YES') {
      lines.push({text: `${row.action}: ${count(members, 'worker')} attached (${names.join(', ')})`, isWarning: false});
    }
    if (row.lastAnswerAt) {
      lines.push({text: `${row.action}: last answer ${ago(row.lastAnswerAt, now)}`, isWarning: false});
    }
    if (row.oldestUnansweredAt) {
      const waits = now - Date.parse(row.oldestUnansweredAt);
      lines.push({text: `${row.action}: the oldest command has waited ${duration(waits)}`, isWarning: waits > SLOW_MS});
    }
  }
  return lines;
}

/**
 * The steps that nobody has declared to serve, without those to which a worker is attached all the same.
 *
 * @param definition {name, unservedSteps}
 * @param rows of GET /api/workers
 */
export function unservedSteps({name, unservedSteps: undeclared}, rows) {
  const attached = new Set((rows ?? []).filter((row) => row.orchestration === name && row.action === 'DO' && row.attached === 'YES').map((row) => row.step));
  return (undeclared ?? []).filter((step) => !attached.has(step));
}

/** As long as the overview waits before it calls a step slow. */
const SLOW_MS = 30_000;

/** The figures of a step as cells: [{word, text}], none where nothing has happened. */
export function figures({count: n, p50, p95, p99, retried, inDoubt, undone} = {}) {
  if (!n) {
    return [];
  }
  const times = [['p50', p50], ['p95', p95], ['p99', p99]].filter(([, ms]) => ms !== null && ms !== undefined).map(([word, ms]) => ({word, text: duration(ms)}));
  const shares = [['retried', retried], ['in doubt', inDoubt], ['undone', undone]].filter(([, many]) => many > 0)
    .map(([word, many]) => ({word, text: `${((many / n) * 100).toFixed(1)} %`}));
  return [{word: 'answers', text: n.toLocaleString('en')}, ...times, ...shares];
}

/** How many flows are still on a version. */
export function flowsOn(version, versions) {
  const {open, parked} = versions.find((one) => one.version === version) ?? {open: 0, parked: 0};
  return `${open.toLocaleString('en')} open${parked > 0 ? `, ${count(parked, 'of them waits', 'of them wait')} for you` : ''}`;
}

/** A worker of the SDK for a step, as short as it can be. */
export function workerSketch(orchestration, {name, undoable}) {
  const method = name.replaceAll('-', '_');
  return [
    `@SagaWorker("${orchestration}")`,
    `class ${method[0].toUpperCase()}${method.slice(1)}Worker {`,
    `  @Do("${name}") Map<String, Object> ${method}(Map<String, Object> request) { \u2026 }`,
    ...(undoable ? [`  @Undo("${name}") void undo(Undoing<Map<String, Object>, Map<String, Object>> undoing) { \u2026 }`] : []),
    '}',
  ].join('\n');
}

/** The instances of the orchestrator as rows: partitions may be a number or the list of them. */
export function instanceRows(instances) {
  return (instances ?? []).map(({name, partitions, lagMs, timerLateMs, state}) => ({
    name,
    state: String(state ?? '').toLowerCase(),
    partitions: Array.isArray(partitions) ? String(partitions.length) : partitions === null || partitions === undefined ? '' : String(partitions),
    lag: lagMs === null || lagMs === undefined ? '' : duration(lagMs),
    late: timerLateMs === null || timerLateMs === undefined ? '' : duration(timerLateMs),
  }));
}
