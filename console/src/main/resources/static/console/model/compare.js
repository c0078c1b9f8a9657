/** What differs between two flows. */

import {leaves} from './json.js';

/** What makes two flows part: a step went another way. Later attempts only say that it was harder. */
const WAY = ['status', 'branch'];
const EFFORT = ['attempts', 'undoAttempts'];

/** Steps that went forward, whatever became of them on the way back. */
const PASSED = ['DO_SUCCESS', 'UNDOING', 'UNDO_SUCCESS', 'UNDO_FAIL'];

/**
 * The steps side by side, in the order of the first flow; steps that only the second one has stand
 * behind those that come before them there.
 * @return {rows: [{name, a, b, way, effort, ratio}], first} where first is the index of the first
 *     row in which the flows part, or -1, and effort is true where only the attempts differ
 */
export function comparedSteps(a, b) {
  const byName = (steps) => new Map(steps.map((step) => [step.name, step]));
  const [ofA, ofB] = [byName(a), byName(b)];
  const rows = names(a, b).map((name) => {
    const [one, other] = [ofA.get(name) ?? null, ofB.get(name) ?? null];
    const way = !one || !other || WAY.some((field) => (one[field] ?? null) !== (other[field] ?? null));
    return {
      name,
      a: one,
      b: other,
      way,
      effort: !way && EFFORT.some((field) => (one[field] ?? 0) !== (other[field] ?? 0)),
      ratio: one?.durationMs > 0 && other?.durationMs > 0 ? other.durationMs / one.durationMs : null,
    };
  });
  // That a step was undone follows from what happened at a later one.
  const firsts = [(row) => row.way && forward(row.a) !== forward(row.b), (row) => row.way, (row) => row.effort]
    .map((differs) => rows.findIndex(differs));
  return {rows, first: firsts.find((index) => index >= 0) ?? -1};
}

/** How a step went before anything was undone, as a word to compare. */
function forward(step) {
  if (!step) {
    return '';
  }
  const went = !PASSED.includes(step.status) ? step.status : step.errorMessage ? 'failed' : 'passed';
  return `${went} ${step.branch ?? ''}`;
}

function names(a, b) {
  const order = a.map((step) => step.name);
  const known = new Set(order);
  let before = -1;
  for (const step of b) {
    if (known.has(step.name)) {
      before = order.indexOf(step.name);
    } else {
      order.splice(++before, 0, step.name);
      known.add(step.name);
    }
  }
  return order;
}

/** One sentence on where the flows part. */
export function divergence({rows, first}, word) {
  if (first < 0) {
    return 'Both flows went the same way.';
  }
  const {name, a, b, way} = rows[first];
  if (!way) {
    return `Both flows went the same way; ${name} took ${attempts(a)} in A and ${attempts(b)} in B.`;
  }
  const side = (step) => (step ? word(step.status) : 'not a step of it');
  return a && b && a.status === b.status
    ? `The flows part at ${name}: it took another branch.`
    : `The flows part at ${name}: ${side(a)} in A, ${side(b)} in B.`;
}

function attempts(step) {
  const all = (step.attempts ?? 0) + (step.undoAttempts ?? 0);
  return `${all} ${all === 1 ? 'attempt' : 'attempts'}`;
}

/**
 * The fields that differ between two JSON texts, by path; null if one of them is not JSON or is not
 * known.
 */
export function comparedFields(a, b) {
  const [ofA, ofB] = [a === undefined ? null : leaves(a), b === undefined ? null : leaves(b)];
  if (ofA === null || ofB === null) {
    return null;
  }
  return [...new Set([...ofA.keys(), ...ofB.keys()])]
    .filter((path) => ofA.get(path) !== ofB.get(path))
    .map((path) => ({path, a: ofA.get(path), b: ofB.get(path)}));
}

/** "3.2 ×", or nothing where the difference is not worth a word. */
export function times(ratio) {
  if (ratio === null || (ratio > 0.8 && ratio < 1.25)) {
    return '';
  }
  return `${ratio >= 10 ? Math.round(ratio) : ratio.toFixed(ratio >= 0.095 ? 1 : 2)} ×`;
}
