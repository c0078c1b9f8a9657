/** A conflict to resolve: one choice for each field that others have changed as well. */

import {facts, valueNode} from './approval.js';
import {h, path, said} from './dom.js';
import {has, kindOf, refusal, request, resolutions} from './model.js';

/**
 * @return {nodes, update} where update is told the task as it is now, undefined once it is no longer open
 */
export function mergeView({task, client, userId, say, refresh}) {
  const conflicts = task.conflicts ?? [];
  const isDeleted = task.conflictType === 'deleted';
  const outcome = h('p', {role: 'alert'});
  const fields = isDeleted ? [] : conflicts.map((conflict, index) => new Field(conflict, index));
  const send = h('button', {class: 'primary'}, isDeleted ? 'Publish the plan again' : 'Send to approval');
  const withdraw = h('button', {type: 'button', on: {click: () => complete(() => client.withdraw(task.taskId, userId), 'The draft was taken back. Nothing was published.')}}, 'Take the draft back');
  let isDone = false;
  const enabled = (yes) => [send, withdraw].forEach((button) => { button.disabled = !yes; });
  const tell = (text, kind) => {
    outcome.className = kind;
    outcome.textContent = text;
  };

  function resolve(event) {
    event.preventDefault();
    const chosen = resolutions(fields.map((field) => field.conflict), new Map(fields.map((field) => [field.conflict.path, field.choice()])));
    fields.forEach((field) => field.tell(chosen.problems.get(field.conflict.path) ?? ''));
    const first = fields.find((field) => chosen.problems.has(field.conflict.path));
    if (first) {
      tell(chosen.problems.size === 1 ? 'One field is not decided yet.' : `${chosen.problems.size} fields are not decided yet.`, 'failure');
      first.focus();
      return;
    }
    complete(() => client.resolveTask(task.taskId, userId, chosen.resolutions, isDeleted), 'The conflict is resolved. The reviewers are asked again.');
  }

  async function complete(call, word) {
    enabled(false);
    tell('Sending…', 'note');
    try {
      const answer = await call();
      isDone = answer.success || ['task_closed', 'task_not_found'].includes(answer.error);
      enabled(!isDone);
      tell(answer.success ? word : refusal(answer), answer.success ? 'success' : 'failure');
      if (answer.success) {
        say(word);
      }
      refresh();
    } catch (e) {
      tell(`${e.message}. It is not known whether your answer has arrived: look at your tasks before you repeat it.`, 'failure');
      enabled(true);
    }
  }

  const nodes = [
    h('p', {}, h('a', {href: '#/'}, '← My tasks')),
    h('h1', {}, said(task.title)),
    h('p', {}, request(task)),
    facts(task),
    h('form', {novalidate: true, on: {submit: resolve}},
      fields.map((field) => field.node),
      outcome,
      h('div', {class: 'buttons'}, send, withdraw)),
  ];
  return {
    nodes,
    update(now, problem) {
      if (!isDone && !problem && !now) {
        isDone = true;
        enabled(false);
        tell('This task is no longer open.', 'note');
      }
    },
  };
}

/** The choice for one field. */
class Field {
  constructor(conflict, index) {
    this.conflict = conflict;
    const name = `field-${index}`;
    this.problem = h('p', {class: 'problem', id: `${name}-problem`});
    const kind = kindOf(conflict);
    this.text = kind === 'json'
      ? h('textarea', {rows: 4, 'aria-label': `Another value of ${conflict.path}`})
      : h('input', {'aria-label': `Another value of ${conflict.path}`, inputmode: kind === 'number' ? 'decimal' : null, autocomplete: 'off'});
    this.radios = new Map();
    const option = (value, word, content) => {
      const radio = h('input', {type: 'radio', name, value, 'aria-describedby': this.problem.id});
      this.radios.set(value, radio);
      return h('div', {class: 'choice'}, radio, h('div', {}, content(radio, word)));
    };
    const side = (value, word) => option(value, word, (radio) => {
      radio.id = `${name}-${value}`;
      return h('label', {for: radio.id}, h('small', {}, word), valueNode(conflict, value));
    });
    this.text.addEventListener('input', () => { this.radios.get('other').checked = true; });
    this.node = h('fieldset', {},
      h('legend', {}, path(conflict.path)),
      has(conflict, 'base') && h('div', {class: 'before'}, 'before both changes: ', valueNode(conflict, 'base')),
      side('draft', 'In the draft'),
      side('current', 'Published by others'),
      option('other', 'Another value', (radio, word) => {
        radio.id = `${name}-other`;
        return [h('label', {for: radio.id}, h('small', {}, word)), this.text];
      }),
      this.problem);
  }

  choice() {
    const chosen = [...this.radios.values()].find((radio) => radio.checked);
    return chosen && {choose: chosen.value, text: this.text.value};
  }

  tell(problem) {
    this.problem.textContent = problem;
    this.node.classList.toggle('wrong', problem !== '');
  }

  focus() {
    const chosen = this.choice();
    (chosen?.choose === 'other' ? this.text : this.radios.get(chosen?.choose ?? 'draft')).focus();
  }
}
