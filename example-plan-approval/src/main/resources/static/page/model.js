/** The parts of the page that need no browser: words, values and resolutions. */

/** What is shown in place of a field that is not there. */
export const ABSENT = 'not set';

/** Numbers with more digits than this are changed by JavaScript without a word. */
const MOST_DIGITS = 15;

/**
 * Text in which every character can be seen: those that reorder, join or hide others are shown by their numbers, so that
 * nobody approves what they cannot see.
 */
export function visible(text) {
  return text.replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (c) => `\u27E8U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}\u27E9`);
}

/** Whether the field is there on this side; the service leaves out what is not. */
export function has(entry, side) {
  return Object.hasOwn(entry, side) && entry[side] !== undefined;
}

/** A value of a plan as text, over several lines if it has parts. */
export function valueText(value) {
  if (value === undefined) {
    return ABSENT;
  }
  return visible(typeof value === 'string' ? value : JSON.stringify(value, null, 2));
}

/** What happened to the field: added, removed or changed. */
export function changeWord(change) {
  if (!has(change, 'before')) {
    return 'added';
  }
  return has(change, 'after') ? 'changed' : 'removed';
}

/** One sentence on what the person is asked to do. */
export function request(task) {
  switch (task.kind) {
    case 'resolve':
      return task.conflictType === 'deleted'
        ? 'The plan was deleted after this draft was begun. Decide whether it is published again.'
        : 'Others have changed the same fields. Decide which values the draft gets.';
    case 'escalation':
      return 'Nobody has decided in time. Approve or reject this draft.';
    default:
      return 'Approve or reject this draft.';
  }
}

/** The name of a task in the list. */
export function kindWord(task) {
  return {approval: 'Approval', escalation: 'Escalated approval', resolve: 'Conflict'}[task.kind] ?? task.kind;
}

/** Whether the person should have decided by now. */
export function isOverdue(task, now) {
  return Boolean(task.dueAt) && Date.parse(task.dueAt) <= now;
}

/** Tasks in the order in which they are due; those without a time come last. */
export function inOrder(tasks) {
  const due = (task) => (task.dueAt ? Date.parse(task.dueAt) : Infinity);
  return [...tasks].sort((a, b) => due(a) - due(b) || String(a.taskId).localeCompare(String(b.taskId)));
}

/** Of which kind the value of a field in conflict must be, as far as its present values tell; '' if they do not. */
export function kindOf(conflict) {
  const kinds = new Set(
    ['current', 'draft', 'base']
      .filter((side) => has(conflict, side))
      .map((side) => {
        const value = conflict[side];
        return value === null || typeof value === 'object' ? 'json' : typeof value;
      }),
  );
  return kinds.size === 1 ? [...kinds][0] : '';
}

/**
 * The value that a person has typed for a field.
 *
 * @return {value} or {problem}, a sentence that says what to write
 */
export function typedValue(text, kind) {
  if (kind === 'string') {
    return text.trim() === '' ? {problem: 'Write a value.'} : {value: text};
  }
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    const hints = {number: 'Write a number, such as 12.5.', boolean: 'Write true or false.'};
    return {problem: hints[kind] ?? 'Write JSON, such as "text" or {"value": 12.5}.'};
  }
  if (hasTooManyDigits(text)) {
    return {problem: `A number may have ${MOST_DIGITS} digits at most.`};
  }
  if ((kind === 'number' || kind === 'boolean') && typeof value !== kind) {
    return {problem: kind === 'number' ? 'Write a number, such as 12.5.' : 'Write true or false.'};
  }
  return {value};
}

function hasTooManyDigits(json) {
  const withoutTexts = json.replace(/"(?:[^"\\]|\\.)*"/g, '');
  return (withoutTexts.match(/[\d.]+/g) ?? []).some((number) => number.replace('.', '').replace(/^0+/, '').length > MOST_DIGITS);
}

/**
 * The resolutions that a person has chosen.
 *
 * @param choices by the path of the field: {choose: 'draft' | 'current' | 'other', text}
 * @return {resolutions, problems} where problems are sentences by the path of the field
 */
export function resolutions(conflicts, choices) {
  const found = [];
  const problems = new Map();
  for (const conflict of conflicts) {
    const {path} = conflict;
    const choice = choices.get(path);
    if (!choice?.choose) {
      problems.set(path, 'Choose one of the values.');
    } else if (choice.choose === 'other') {
      const typed = typedValue(choice.text ?? '', kindOf(conflict));
      if (typed.problem) {
        problems.set(path, typed.problem);
      } else {
        found.push({path, value: typed.value});
      }
    } else {
      found.push({path, choose: choice.choose});
    }
  }
  return {resolutions: found, problems};
}

/** Where an approval has got to, for the person who has just decided. */
export function progress(status) {
  if (status.problem && status.workflowActive !== false) {
    return {word: `Held: ${status.problem} It is tried again until it succeeds.`, isOver: false};
  }
  switch (status.draftStatus) {
    case 'approved':
      return {word: `Published as version ${status.version}.`, isOver: true};
    case 'rejected':
      return {word: 'Rejected. Nothing was published.', isOver: true};
    case 'conflict':
      return {word: 'Others have changed the same fields meanwhile. The author is asked to resolve the conflict.', isOver: true};
    case 'draft':
      return {
        word: status.problem ? `Nothing was published, and the draft is back with its author: ${status.problem}` : 'The draft was taken back. Nothing was published.',
        isOver: true,
      };
    default:
      return {word: 'Being published…', isOver: false};
  }
}

/** Why a call was refused, in a sentence for the person who made it. */
export function refusal(answer) {
  const words = {
    unauthorized: 'The service does not accept this key.',
    submitter_may_not_approve: 'You have submitted this draft yourself. Somebody else must decide.',
    not_your_task: 'This task is for somebody else.',
    task_not_found: 'This task is no longer open.',
    task_closed: 'This task is no longer open: somebody has decided already.',
    version_conflict: 'The plan was changed since this page was loaded, so nothing was decided. A new task with the merged plan follows.',
  };
  const word = words[answer.error] ?? answer.message ?? answer.error ?? `HTTP status ${answer.status}`;
  return answer.error === 'dependency_unavailable' ? `${word} Nothing was decided; try again later.` : word;
}
