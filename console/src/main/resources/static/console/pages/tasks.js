/** What waits for people: the list, and one task with its form. */
import {html} from '../lib/lit-html/lit-html.js';
import {live} from '../lib/lit-html/directives/live.js';
import * as api from '../api.js';
import {refusedByCli, taskBody, taskCli, taskCurl, taskKafka, tasksCli} from '../model/command.js';
import {answerOf, fieldProblem, formFields, initial, inputsOf, violationsByField} from '../model/form.js';
import {dependencies} from '../model/layout.js';
import {decided, nextRequest} from '../model/request.js';
import {count, visible} from '../model/text.js';
import {ago} from '../model/time.js';
import {flowApi, flowPath, orchestrationApi, tasksPath} from '../model/url.js';
import {commandBlock, failed, loading, said, tabs, time} from '../parts/bits.js';
import {newId} from '../parts/verbs.js';

const LIMIT = 50;
const FILTERS = [['assignee', 'Assignee', 'a person or group'], ['candidate', 'Candidate', 'may complete it'], ['orchestration', 'Orchestration', 'its name']];

const ON_TIMEOUT = {
  RETRY: 'the step fails',
  UNDO: 'the flow turns back',
  ESCALATE: 'the flow is parked and waits for an operator',
  CONTINUE: 'the flow goes on without it',
};

export class TasksPage {
  constructor(app, {filter}) {
    this.app = app;
    this.filter = filter;
    this.open = null;
  }

  title() {
    return 'Tasks';
  }

  async load(signal) {
    const {assignee, candidate, orchestration, overdue, cursor} = this.filter;
    const mine = assignee === 'me';
    const query = new URLSearchParams(Object.entries({assignee: mine ? '' : assignee, candidate, orchestration, overdue, cursor, mine: mine ? 'true' : '', limit: String(LIMIT)})
      .filter(([, value]) => value !== ''));
    this.page = await api.json(`api/tasks?${query}`, {signal});
    await this.loadOpen(signal);
    return {complete: this.page.complete, note: this.page.note};
  }

  /** The chosen task, also if the filter or the page of the list has not got it. */
  async loadOpen(signal) {
    const {flowId, step} = this.filter;
    if (!flowId || !step) {
      return;
    }
    const isIt = (task) => task.flowId === flowId && task.step === step;
    const listed = this.page.tasks.find(isIt);
    if (listed) {
      this.shown(listed);
    }
    if (this.flowOf === undefined || !listed) {
      await this.loadFlow(signal, listed);
    }
  }

  async loadFlow(signal, listed) {
    const {flowId, step: name} = this.filter;
    try {
      const flow = await api.json(flowApi(flowId), {signal});
      const step = flow.steps.find((one) => one.name === name);
      const isOpen = step?.status === 'WAITING' && step.task;
      if (!listed && isOpen) {
        const {dueAt} = step.task;
        this.shown({flowId, orchestrationName: flow.orchestrationName, step: name, ...step.task,
          overdue: Boolean(dueAt) && Date.parse(dueAt) <= Date.now(), openedAt: step.startedAt, timesOutAt: step.attemptDeadlineAt});
      } else if (!listed) {
        this.gone = step ? `The task is not open: its step is ${step.status}${step.by ? `, completed by ${step.by}` : ''}.` : 'The flow has no such step.';
      }
      this.flowOf ??= flow;
      if (this.definition === undefined && flow.version) {
        this.definition = await api.jsonIfThere(orchestrationApi(flow.orchestrationName, `versions/${flow.version}`), {signal});
      }
    } catch (e) {
      if (!(e instanceof api.Problem) || e.status === 401 || e.status >= 500) {
        throw e;
      }
      // Who may complete tasks only does not see their flows.
      this.flowOf ??= null;
      if (!listed) {
        this.gone = e.status === 403 ? 'The task is not open, or not for you.' : e.message;
      }
    }
  }

  shown(task) {
    this.gone = '';
    this.open ??= new OpenTask(this, task);
    this.open.task = task;
  }

  path(change) {
    return tasksPath({...this.filter, ...change});
  }

  key(event) {
    if (event.key === 'c') {
      this.app.copyText(this.open ? this.open.command() : this.command());
      return true;
    }
    return false;
  }

  view() {
    const {filter} = this;
    const chip = (word, isOn, change) => html`<button type="button" class="chip" aria-pressed=${isOn ? 'true' : 'false'}
      @click=${() => this.app.go(this.path({cursor: '', flowId: '', step: '', ...change}))}>${word}</button>`;
    return html`<h1>Tasks</h1>
      <div class="chips" role="group" aria-label="Which tasks">
        ${chip('For me or my groups', filter.assignee === 'me', {assignee: filter.assignee === 'me' ? '' : 'me'})}
        ${chip('Overdue', filter.overdue === 'true', {overdue: filter.overdue === 'true' ? '' : 'true'})}</div>
      <div class="filters">${FILTERS.map(([name, word, hint]) => html`<label>${word}
        <input name=${name} placeholder=${hint} autocomplete="off" maxlength="300" .value=${live(this.typed?.[name] ?? filter[name])}
          @input=${(event) => { this.typed = {...this.typed, [name]: event.target.value}; }}
          @change=${(event) => this.app.go(this.path({cursor: '', flowId: '', step: '', [name]: event.target.value.trim()}))}></label>`)}
        <button type="button" @click=${() => this.app.go('tasks')}>Clear</button></div>
      ${this.problem ? failed(this.problem) : ''}
      ${this.said ? html`<p class=${this.said.good ? 'success' : 'note'} role="status">${visible(this.said.text)}</p>` : ''}
      ${this.gone && !this.said ? html`<p class="note">${visible(this.gone)}</p>` : ''}
      ${this.open && !this.gone ? this.open.view() : ''}
      ${this.page ? this.list() : this.problem ? '' : loading()}`;
  }

  list() {
    const {tasks} = this.page;
    if (tasks.length === 0) {
      const isAll = Object.values(this.filter).every((value) => value === '');
      return html`<p class="empty">${isAll ? 'Nothing waits for a person.' : html`No open task matches. <a href=${this.app.href('tasks')}>All open tasks</a>`}</p>`;
    }
    return html`<div class="table"><table class="cards"><thead><tr><th>Task</th><th>For</th><th>Due</th><th>Flow</th><th>Open for</th></tr></thead><tbody>
      ${tasks.map((task) => html`<tr data-row class=${task.flowId === this.filter.flowId && task.step === this.filter.step ? 'chosen' : ''}>
        <td><a data-open href=${this.app.href(this.path({flowId: task.flowId, step: task.step}))}>${said(task.title, 200)}</a><small>${said(task.step, 80)}</small></td>
        <td data-label="For">${people(task)}</td>
        <td data-label="Due">${due(task, this.app)}</td>
        <td data-label="Flow"><a href=${this.app.href(flowPath(task.flowId))}>${said(task.flowId, 80)}</a><small>${said(task.orchestrationName, 60)}</small></td>
        <td data-label="Open for">${ago(task.openedAt, Date.now()).replace(' ago', '')}</td></tr>`)}</tbody></table></div>
      <p class="pages">${count(tasks.length, 'task')}
        ${this.filter.cursor ? html`<a href=${this.app.href(this.path({cursor: ''}))}>First</a>` : ''}
        ${this.page.nextCursor ? html`<a rel="next" href=${this.app.href(this.path({cursor: this.page.nextCursor, flowId: '', step: ''}))}>Later</a>` : ''}</p>
      <details><summary>As a command</summary>${commandBlock(this.command(), this.app)}</details>`;
  }

  command() {
    return tasksCli(this.filter);
  }
}

/** The chosen task with its form, which keeps its entries when the page is read again. */
class OpenTask {
  constructor(page, task) {
    this.page = page;
    this.app = page.app;
    this.task = task;
    this.fields = formFields(task.form ?? null);
    this.inputs = Object.fromEntries((this.fields ?? []).map((field) => [field.name, initial(field)]));
    this.asJson = this.fields === null;
    this.json = task.form ? '{}' : '';
    this.assignee = '';
    this.reason = '';
    this.tab = 'run';
    this.sent = null;
    this.violations = {};
  }

  answer() {
    return this.asJson ? this.json.trim() : answerOf(this.fields, this.inputs);
  }

  missing() {
    if (this.app.isStale()) {
      return 'The connection is lost, so what you see may be old. Nothing is sent until it is back.';
    }
    if (!this.asJson) {
      return this.fields.map((field) => fieldProblem(field, this.inputs[field.name])).find((problem) => problem) ?? '';
    }
    try {
      JSON.parse(this.json.trim() || 'null');
      return '';
    } catch (e) {
      return `The answer is no JSON: ${e.message}`;
    }
  }

  request(action) {
    const {flowId, step} = this.task;
    return action === 'complete'
      ? {action, flowId, step, payload: this.answer()}
      : {action, flowId, step, assignee: this.assignee.trim(), reason: this.reason.trim()};
  }

  command() {
    return taskCli(this.request(this.tab === 'assign' ? 'assign' : 'complete'));
  }

  async send(action) {
    if (this.sending || this.app.isStale() || (action === 'complete' && this.missing())) {
      return;
    }
    const request = this.request(action);
    this.sent = nextRequest(this.sent, {step: action, payload: request.payload ?? request.assignee, reason: request.reason ?? ''}, newId);
    this.sending = true;
    this.failure = null;
    this.violations = {};
    this.app.draw();
    try {
      const answer = JSON.parse((await api.text(`api/tasks/${action}`, {method: 'POST', body: taskBody({...request, controlId: this.sent.controlId})})).text);
      this.sending = false;
      this.sent = null;
      this.page.said = answer.note
        ? {good: false, text: answer.note}
        : {good: true, text: `${this.task.step} ${action === 'complete' ? 'is completed' : request.assignee ? `is for ${request.assignee}` : 'is for all its candidates'}; the flow is ${answer.status}.`};
      this.app.announce(this.page.said.text);
      if (action === 'complete') {
        const told = this.page.said;
        this.app.go(this.page.path({flowId: '', step: ''}));
        this.app.page.said = told;
      } else {
        this.app.reload();
      }
    } catch (e) {
      this.sending = false;
      this.sent = decided(this.sent, e instanceof api.Problem ? e.status : undefined);
      if (e instanceof api.Problem) {
        this.violations = violationsByField(e.body?.violations, this.asJson ? null : this.fields);
        this.failure = e.message;
      } else {
        this.failure = 'The answer did not arrive. The request may have been applied. Sending it again unchanged is safe: it has the same id.';
      }
    }
    this.app.draw();
  }

  set(change) {
    Object.assign(this, change);
    this.app.draw();
  }

  toggle() {
    if (!this.asJson) {
      this.set({asJson: true, json: answerOf(this.fields, this.inputs)});
      return;
    }
    const inputs = inputsOf(this.fields, this.json.trim());
    this.set(inputs === null
      ? {failure: 'The fields cannot show this answer, so it stays JSON.'}
      : {asJson: false, inputs, failure: null});
  }

  view() {
    const {task} = this;
    return html`<section class="letter task" aria-labelledby="task-title"><h2 id="task-title">${said(task.title, 1000)}</h2>
      <p>${said(task.step, 80)} of <a href=${this.app.href(flowPath(task.flowId))}>${said(task.flowId, 80)}</a> (${said(task.orchestrationName, 80)})
        · open since ${time(task.openedAt, this.app)} · ${task.dueAt ? due(task, this.app) : 'no due time'}</p>
      <p>${whoMay(task)}</p>
      <p>${this.afterwards()}</p>
      ${tabs([['run', 'Complete'], ['assign', 'Assign'], ['command', 'As a command']], this.tab, (tab) => this.set({tab}))}
      ${this.tab === 'run' ? this.form() : this.tab === 'assign' ? this.assign() : this.commands()}
      ${this.failure ? html`<p class="failure" role="alert">${visible(this.failure)}</p>` : ''}
      <p><a href=${this.app.href(this.page.path({flowId: '', step: ''}))}>Close</a></p></section>`;
  }

  afterwards() {
    const {task} = this;
    const definition = this.page.definition;
    const step = definition?.steps.find((one) => one.name === task.step);
    const next = definition?.steps.filter((one) => dependencies(one).includes(task.step)).map((one) => one.name) ?? [];
    const then = !step ? '' : next.length > 0 ? html`When it is completed, ${said(next.join(', '), 200)} can begin. ` : 'When it is completed, nothing waits for it. ';
    const late = task.timesOutAt
      ? html`If nobody completes it until ${time(task.timesOutAt, this.app)}, ${step ? ON_TIMEOUT[step.onTimeout] ?? step.onTimeout : 'it times out'}.`
      : 'It waits without a limit.';
    return html`${then}${late}`;
  }

  form() {
    const missing = this.missing();
    return html`<form class="answer" @submit=${(event) => { event.preventDefault(); this.send('complete'); }}>
      ${this.asJson ? html`<label>Answer (JSON${this.task.form ? '' : ', optional'})
          <textarea name="answer" rows="6" spellcheck="false" .value=${live(this.json)} @input=${(event) => this.set({json: event.target.value})}></textarea></label>`
        : this.fields.map((field) => this.field(field))}
      ${(this.violations[''] ?? []).map((message) => html`<p class="failure">${visible(message)}</p>`)}
      <p class="missing">${visible(missing)}</p>
      <div class="buttons"><button class="primary" ?disabled=${missing !== '' || this.sending}>${this.sending ? 'Waiting for the commit…' : 'Complete 1 task'}</button>
        ${this.fields ? html`<button type="button" @click=${() => this.toggle()}>${this.asJson ? 'As fields' : 'As JSON'}</button>` : ''}</div></form>`;
  }

  field(field) {
    const wrong = this.violations[field.name] ?? [];
    const set = (event) => this.set({inputs: {...this.inputs, [field.name]: event.target.value}});
    const value = this.inputs[field.name];
    const input = {
      boolean: () => html`<select name=${field.name} @change=${set}>${options([['', field.required ? 'choose…' : 'no answer'], ['true', 'yes'], ['false', 'no']], value)}</select>`,
      choice: () => html`<select name=${field.name} @change=${set}>${options([['', field.required ? 'choose…' : 'no answer'], ...field.options.map((option) => [option, plain(option)])], value)}</select>`,
      json: () => html`<textarea name=${field.name} rows="3" spellcheck="false" placeholder="JSON" .value=${live(value)} @input=${set}></textarea>`,
      longText: () => html`<textarea name=${field.name} rows="3" .value=${live(value)} @input=${set}></textarea>`,
      number: () => html`<input name=${field.name} inputmode="decimal" autocomplete="off" .value=${live(value)} @input=${set}>`,
      integer: () => html`<input name=${field.name} inputmode="numeric" autocomplete="off" .value=${live(value)} @input=${set}>`,
      text: () => html`<input name=${field.name} autocomplete="off" .value=${live(value)} @input=${set}>`,
    }[field.kind]();
    return html`<label><span>${said(field.label, 120)}${field.required ? '' : ' (optional)'}</span> ${input}
      ${field.hint ? html`<small>${said(field.hint, 300)}</small>` : ''}
      ${wrong.map((message) => html`<small class="failure">${visible(message)}</small>`)}</label>`;
  }

  assign() {
    return html`<form class="answer" @submit=${(event) => { event.preventDefault(); this.send('assign'); }}>
      <label>For (a person or a group; empty gives it back to all candidates)
        <input name="to" maxlength="255" autocomplete="off" list="candidates" .value=${live(this.assignee)} @input=${(event) => this.set({assignee: event.target.value})}>
        <datalist id="candidates">${this.task.candidates.map((name) => html`<option value=${name}></option>`)}</datalist></label>
      <label>Reason (optional) <input name="reason" maxlength="500" autocomplete="off" .value=${live(this.reason)} @input=${(event) => this.set({reason: event.target.value})}></label>
      <div class="buttons"><button class="primary" ?disabled=${this.sending || this.app.isStale()}>${this.sending ? 'Waiting for the commit…' : this.assignee.trim() ? 'Assign 1 task' : 'Give 1 task back to all candidates'}</button></div></form>`;
  }

  commands() {
    return html`<h3>Complete</h3>${this.threeWays('complete')}
      ${this.assignee ? html`<h3>Assign</h3>${this.threeWays('assign')}` : ''}
      ${api.hasKey() ? html`<p class="note">doundo-key.header is a file with the line "X-API-Key: …", readable by you alone.</p>` : ''}`;
  }

  threeWays(action) {
    const request = this.request(action);
    const record = taskKafka(request);
    const refused = refusedByCli([request.flowId, request.step], [request.assignee, request.reason]);
    return html`${refused ? html`<p class="note">${refused}</p>` : commandBlock(taskCli(request), this.app)}
      ${commandBlock(taskCurl({...request, withKey: api.hasKey(), url: api.urlOf(`api/tasks/${action}`).href}), this.app)}
      ${record.refused ? html`<p class="note">${record.refused}</p>` : commandBlock(record.command, this.app)}`;
  }
}

function options(pairs, chosen) {
  return pairs.map(([value, word]) => html`<option value=${value} ?selected=${value === chosen}>${visible(word)}</option>`);
}

/** An option as people read it: text without its quotes. */
function plain(option) {
  const value = JSON.parse(option);
  return typeof value === 'string' ? value : option;
}

function people(task) {
  const others = task.candidates.filter((name) => name !== task.assignee);
  return html`${task.assignee ? said(task.assignee, 80) : html`<span class="none">nobody in particular</span>`}
    ${others.length > 0 ? html`<small>or ${said(others.join(', '), 160)}</small>` : ''}`;
}

function whoMay(task) {
  const names = [...new Set([task.assignee, ...task.candidates].filter((name) => name))];
  return names.length === 0
    ? 'Only operators may complete it: it has neither an assignee nor candidates.'
    : html`May be completed by ${said(names.join(', '), 300)}, and by operators.${task.assignee ? html` It is for ${said(task.assignee, 80)}.` : ''}`;
}

function due(task, app) {
  if (!task.dueAt) {
    return html`<span class="none">–</span>`;
  }
  return html`${task.overdue ? html`<strong class="warn">overdue</strong> ` : ''}${time(task.dueAt, app)}<small>${ago(task.dueAt, Date.now())}</small>`;
}
