/** One draft to approve or to reject, with what it changes. */

import {h, moment, path, said} from './dom.js';
import {changeWord, has, progress, refusal, request, valueText} from './model.js';

const STATUS_EVERY_MS = 700;
const STATUS_FOR_MS = 60_000;

/** A value of a plan as an element. */
export function valueNode(entry, side) {
  const isThere = has(entry, side);
  const kind = !isThere ? 'absent' : typeof entry[side] === 'object' ? 'json' : '';
  return h(kind === 'json' ? 'pre' : 'p', {class: `value ${kind}`}, valueText(isThere ? entry[side] : undefined));
}

/** What a task says about itself. */
export function facts(task) {
  const row = (name, value) => [h('dt', {}, name), h('dd', {}, value)];
  return h('dl', {class: 'facts'},
    row('Plan', said(task.planId)),
    row('Draft', said(task.draftName || task.draftId)),
    row('Submitted by', said(task.submittedBy)),
    row('Published now', task.version ? `version ${task.version}` : 'nothing'),
    task.dueAt && row('Due', moment(task.dueAt)));
}

/**
 * @return {nodes, update} where update is told the task as it is now, undefined once it is no longer open
 */
export function approvalView({task, client, userId, say, refresh}) {
  const comment = h('textarea', {rows: 3, maxlength: 2000, 'aria-describedby': 'outcome'});
  const outcome = h('p', {id: 'outcome', role: 'alert'});
  const approve = h('button', {type: 'button', class: 'primary', on: {click: () => decide(true)}}, 'Approve');
  const reject = h('button', {type: 'button', on: {click: () => decide(false)}}, 'Reject');
  let isDecided = false;
  const enabled = (yes) => [approve, reject].forEach((button) => { button.disabled = !yes; });
  const tell = (text, kind) => {
    outcome.className = kind;
    outcome.textContent = text;
  };

  async function decide(approved) {
    if (!approved && comment.value.trim() === '') {
      tell('Write why you reject it: the author will read this.', 'failure');
      comment.focus();
      return;
    }
    enabled(false);
    tell('Sending…', 'note');
    try {
      const answer = await client.completeTask(task.taskId, userId, approved, comment.value.trim());
      if (!answer.success) {
        const isOpen = !['task_closed', 'task_not_found', 'version_conflict'].includes(answer.error);
        tell(refusal(answer), 'failure');
        isDecided = !isOpen;
        enabled(isOpen);
        refresh();
        return;
      }
      isDecided = true;
      comment.disabled = true;
      refresh();
      await follow(approved);
    } catch (e) {
      // Whether it was decided is unknown; the list of tasks will tell.
      tell(`${e.message}. It is not known whether your decision has arrived: look at your tasks before you repeat it.`, 'failure');
      enabled(true);
    }
  }

  async function follow(approved) {
    tell(approved ? 'Approved. Being published…' : 'Rejected.', 'success');
    const end = Date.now() + STATUS_FOR_MS;
    while (Date.now() < end) {
      const answer = await client.getPlanStatus(task.draftId);
      if (answer.success) {
        const {word, isOver} = progress(answer.data);
        tell(approved || isOver ? word : 'Rejected.', answer.data.problem ? 'failure' : 'success');
        if (isOver) {
          say(word);
          return;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, STATUS_EVERY_MS));
    }
    tell('Approved. It is not published yet; the service goes on with it by itself.', 'note');
  }

  const nodes = [
    h('p', {}, h('a', {href: '#/'}, '← My tasks')),
    h('h1', {}, said(task.title)),
    h('p', {}, request(task)),
    facts(task),
    task.autoMerged && h('p', {class: 'note'}, 'The plan was published by others after this draft was begun. Their changes to other fields are kept; what you see is what this draft changes in the plan as it is now.'),
    h('h2', {}, 'Changes'),
    changesTable(task),
    h('label', {class: 'field'}, h('span', {}, 'Comment'), comment),
    outcome,
    h('div', {class: 'buttons'}, approve, reject),
  ];
  return {
    nodes,
    update(now, problem) {
      if (isDecided || problem) {
        return;
      }
      if (!now) {
        isDecided = true;
        enabled(false);
        tell('This task is no longer open: somebody has decided, or the draft was taken back.', 'note');
      }
    },
  };
}

function changesTable(task) {
  const changes = task.changes ?? [];
  if (changes.length === 0) {
    return h('p', {class: 'note'}, 'The draft changes nothing in the published plan.');
  }
  const from = task.version ? `Published now (version ${task.version})` : 'Published now';
  return h('div', {class: 'table'}, h('table', {},
    h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, 'Field'), h('th', {scope: 'col'}, from), h('th', {scope: 'col'}, 'Proposed'))),
    h('tbody', {}, changes.map((change) => h('tr', {},
      h('th', {scope: 'row'}, path(change.path), h('small', {}, changeWord(change))),
      h('td', {class: has(change, 'before') ? 'old' : '', 'data-label': from}, valueNode(change, 'before')),
      h('td', {class: has(change, 'after') ? 'new' : '', 'data-label': 'Proposed'}, valueNode(change, 'after')))))));
}
