/** The page for reviewers. The key and the person are kept in memory alone: a reload asks for them again. */

import {OrchestrationClient} from '../plan-approval-client.js';
import {approvalView} from './approval.js';
import {h, moment, said} from './dom.js';
import {mergeView} from './merge.js';
import {inOrder, isOverdue, kindWord, refusal, visible} from './model.js';

const API = new URL('../api', import.meta.url).href;
const TASKS_EVERY_MS = 3_000;
const HEALTH_EVERY_MS = 10_000;

const main = document.getElementById('main');
const who = document.getElementById('who');
const voice = document.getElementById('voice');
const health = document.getElementById('health');

const state = {client: null, userId: '', tasks: null, problem: '', open: null};

/** Lets people who do not see the page hear what has changed. */
function say(text) {
  voice.textContent = text;
}

function show(title, ...content) {
  document.title = title ? `${title} – Plan approval` : 'Plan approval';
  main.replaceChildren(...content.flat(Infinity).filter(Boolean));
}

function signIn(problem = '') {
  state.client = null;
  state.tasks = null;
  state.open = null;
  who.replaceChildren();
  const person = h('input', {name: 'user', required: true, autocomplete: 'username', maxlength: 100, spellcheck: 'false'});
  const key = h('input', {name: 'key', type: 'password', required: true, autocomplete: 'off', maxlength: 500});
  const message = h('p', {class: 'failure', role: 'alert'}, problem);
  const enter = async (event) => {
    event.preventDefault();
    const client = new OrchestrationClient(API, key.value);
    try {
      const answer = await client.getPendingTasks(person.value.trim());
      if (!answer.success) {
        message.textContent = refusal(answer);
        key.focus();
        return;
      }
      Object.assign(state, {client, userId: person.value.trim(), tasks: answer.data, problem: ''});
      signedIn();
    } catch (e) {
      message.textContent = `${e.message}.`;
    }
  };
  show('Sign in', h('h1', {}, 'Sign in'),
    h('form', {on: {submit: enter}},
      h('label', {class: 'field'}, h('span', {}, 'Your user name'), person),
      h('label', {class: 'field'}, h('span', {}, 'API key'), key),
      message,
      h('div', {class: 'buttons'}, h('button', {class: 'primary'}, 'Sign in'))));
  person.focus();
}

function signedIn() {
  who.replaceChildren(said(state.userId), ' ', h('button', {type: 'button', on: {click: () => {
    history.replaceState(null, '', '#/');
    signIn();
  }}}, 'Sign out'));
  route();
}

/** The id of the task in the address; empty for the list. */
function taskInAddress() {
  const match = /^#\/tasks\/(.+)$/.exec(location.hash);
  try {
    return match ? decodeURIComponent(match[1]) : '';
  } catch {
    return '';
  }
}

function route() {
  if (!state.client) {
    return;
  }
  const id = taskInAddress();
  if (!id) {
    state.open = null;
    list();
    main.focus();
    return;
  }
  const task = state.tasks.find((one) => one.taskId === id);
  if (!task) {
    state.open = null;
    show('Not open', h('h1', {}, 'This task is not open'),
      h('p', {}, 'Somebody has completed it, or it is for somebody else. ', h('a', {href: '#/'}, 'My tasks')));
  } else {
    const view = task.kind === 'resolve' ? mergeView : approvalView;
    state.open = {id, ...view({task, client: state.client, userId: state.userId, say, refresh})};
    show(visible(task.title), state.open.nodes);
  }
  main.focus();
}

function list() {
  const tasks = inOrder(state.tasks);
  show('My tasks', h('h1', {}, 'My tasks'),
    state.problem && h('p', {class: 'failure', role: 'alert'}, state.problem),
    tasks.length === 0
      ? h('p', {class: 'note'}, 'Nothing waits for you.')
      : h('ul', {class: 'tasks'}, tasks.map((task) => h('li', {}, h('a', {href: `#/tasks/${encodeURIComponent(task.taskId)}`},
        h('strong', {}, said(task.title)),
        h('span', {class: task.kind === 'approval' ? 'tag' : 'tag warn'}, kindWord(task)), ' ',
        isOverdue(task, Date.now()) && [h('span', {class: 'tag stop'}, 'Overdue'), ' '],
        h('span', {class: 'note'}, 'submitted by ', said(task.submittedBy), task.dueAt ? [', due ', moment(task.dueAt)] : ''))))));
}

/** Reads the tasks again. An open task keeps what was written into it. */
async function refresh() {
  const {client} = state;
  if (!client) {
    return;
  }
  let problem = '';
  try {
    const answer = await client.getPendingTasks(state.userId);
    if (client !== state.client) {
      return;
    }
    if (answer.error === 'unauthorized') {
      signIn(refusal(answer));
      return;
    }
    if (answer.success) {
      if (JSON.stringify(answer.data) === JSON.stringify(state.tasks) && !state.problem) {
        return;
      }
      state.tasks = answer.data;
    } else {
      problem = refusal(answer);
    }
  } catch (e) {
    problem = `${e.message}. What is shown may be old.`;
  }
  if (client !== state.client) {
    return;
  }
  state.problem = problem;
  if (state.open) {
    state.open.update?.(state.tasks.find((task) => task.taskId === state.open.id), problem);
  } else if (!taskInAddress()) {
    const focused = document.activeElement?.getAttribute('href');
    list();
    [...main.querySelectorAll('a')].find((link) => link.getAttribute('href') === focused)?.focus();
  }
}

async function showHealth() {
  let answer;
  try {
    answer = await new OrchestrationClient(API, '').request('GET', 'health');
  } catch {
    health.replaceChildren(h('span', {}, h('span', {class: 'light down'}), ' the service does not answer'));
    return;
  }
  const names = {drafts: 'drafts', fhirStore: 'published plans', orchestrator: 'approvals'};
  health.replaceChildren(...Object.entries(answer.dependencies ?? {}).map(([name, {status, latencyMs}]) => h('span', {},
    h('span', {class: status === 'up' ? 'light' : 'light down'}), ` ${names[name] ?? name}: `,
    status === 'up' ? `${latencyMs} ms` : 'does not answer')));
}

function every(milliseconds, action) {
  setInterval(() => {
    if (!document.hidden) {
      action();
    }
  }, milliseconds);
}

addEventListener('hashchange', (event) => {
  // The link that skips to the content is no other page.
  if (location.hash !== '#main') {
    route();
  } else {
    history.replaceState(null, '', new URL(event.oldURL).hash || '#/');
    main.focus();
  }
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) {
    refresh();
    showHealth();
  }
});
every(TASKS_EVERY_MS, refresh);
every(HEALTH_EVERY_MS, showHealth);
showHealth();
signIn();
