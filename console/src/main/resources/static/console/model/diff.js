/** What differs between two versions of an orchestration, as it is drawn and listed. */

import {dependencies} from './layout.js';

/** The steps of both versions: those of the newer one, then the removed ones. */
export function union(before, after) {
  const names = new Set(after.map((step) => step.name));
  return [...after, ...before.filter((step) => !names.has(step.name))].map((step) => {
    const old = before.find((one) => one.name === step.name);
    // A dependency that is gone is still drawn, as removed.
    return {...step, dependsOn: [...new Set([...dependencies(step), ...(old ? dependencies(old) : [])])], after: [], guard: null};
  });
}

/** The marks of the graph: of a step by its name, and of an edge. */
export function marks(diff) {
  const key = (edge) => JSON.stringify([edge.from, edge.to]);
  const added = new Set(diff.edges.added.map(key));
  const removed = new Set(diff.edges.removed.map(key));
  return {
    nodes: new Map(diff.steps.map((step) => [step.name, step.change])),
    edge: (edge) => (added.has(key(edge)) ? 'added' : removed.has(key(edge)) ? 'removed' : ''),
  };
}

/** One row for each changed field; a step that was added or removed is one row. */
export function changeRows(diff) {
  const fields = (step, change, list) => list.map((field) => ({step, change, path: field.path, from: source(field.from), to: source(field.to)}));
  return [
    ...fields(null, 'CHANGED', diff.fields),
    ...diff.steps.flatMap((step) => (step.change === 'CHANGED'
      ? fields(step.name, step.change, step.fields)
      : [{step: step.name, change: step.change, path: '', from: '', to: ''}])),
  ];
}

/** A value as a person writes it; nothing for one that is not there. */
function source(value) {
  return value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
}

/** The version before this one among those that are kept; null for the oldest. */
export function versionBefore(versions, version) {
  const older = versions.map((one) => one.version).filter((one) => one < version);
  return older.length === 0 ? null : Math.max(...older);
}
