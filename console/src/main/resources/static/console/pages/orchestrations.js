/** The registered orchestrations, and one orchestration in full. */
import {html} from '../lib/lit-html/lit-html.js';
import * as api from '../api.js';
import {changeRows, marks, union, versionBefore} from '../model/diff.js';
import {triggerRow} from '../model/schedules.js';
import {figures, flowsOn, serving, unservedSteps, workerSketch} from '../model/serving.js';
import {count, visible} from '../model/text.js';
import {isoDuration} from '../model/time.js';
import {dependencies} from '../model/layout.js';
import {flowsPath, orchestrationApi, orchestrationPath, schedulePath} from '../model/url.js';
import {block, failed, id, loading, said, time} from '../parts/bits.js';
import {change, graph} from '../parts/graph.js';

/** What moves a step without a worker; the orchestrator itself, if the kind is not listed. */
const DONE_BY = {wait: 'time', until: 'time', signal: 'a signal', task: 'a person'};

const WINDOWS = [['1h', '1 h'], ['24h', '24 h']];

function labels(definition) {
  return html`${definition.category ? html`<span class="tag category">${said(definition.category, 40)}</span>` : ''}
    ${(definition.labels ?? []).map((label) => html`<span class="tag">${said(label, 40)}</span>`)}`;
}

function state(status) {
  const word = String(status).toLowerCase();
  return word === 'active' ? '' : html`<span class="tag warn">${word}: accepts no starts</span>`;
}

/** What stands beside the definition; the page does without it. */
async function beside(path, signal) {
  try {
    return await api.jsonIfThere(path, {signal});
  } catch (e) {
    if (e instanceof api.Problem && e.status !== 401) {
      return null;
    }
    throw e;
  }
}

export class OrchestrationsPage {
  constructor(app) {
    this.app = app;
  }

  title() {
    return 'Orchestrations';
  }

  async load(signal) {
    const [answer, workers] = await Promise.all([api.json('api/orchestrations', {signal}), beside('api/workers', signal)]);
    this.list = answer.orchestrations;
    this.workers = workers?.workers;
    return {complete: true};
  }

  view() {
    return html`<h1>Orchestrations</h1>${this.problem ? failed(this.problem) : ''}
      ${!this.list ? (this.problem ? '' : loading()) : this.list.length === 0
        ? html`<p class="empty">Nothing is registered yet: ./doundo register FILE</p>`
        : html`<div class="table"><table class="cards"><thead><tr><th>Name</th><th>Version</th><th>Steps</th><th>Served</th><th>Registered</th><th></th></tr></thead><tbody>
          ${this.list.map((definition) => html`<tr data-row>
            <td><a data-open href=${this.app.href(orchestrationPath(definition.name))}>${said(definition.title ?? definition.name, 80)}</a>
              ${definition.title ? html`<small>${said(definition.name, 80)}</small>` : ''} ${labels(definition)} ${state(definition.status)}</td>
            <td data-label="Version">v${definition.version}</td><td data-label="Steps">${definition.steps}</td>
            <td data-label="Served">${this.served(definition)}</td>
            <td data-label="Registered">${time(definition.registeredAt, this.app)}${definition.initiator ? html`<small>${said(definition.initiator, 60)}</small>` : ''}</td>
            <td><a href=${this.app.href(flowsPath({orchestration: definition.name}))}>its flows</a></td></tr>`)}</tbody></table></div>`}`;
  }

  served(definition) {
    const steps = unservedSteps(definition, this.workers);
    return steps.length > 0 ? html`<span class="warn">nobody: ${said(steps.join(', '), 120)}</span>` : 'every step';
  }
}

export class OrchestrationPage {
  constructor(app, {name, version, diff}) {
    this.app = app;
    this.name = name;
    this.version = version;
    this.diff = diff;
    this.window = '1h';
    this.every = 10_000;
  }

  title() {
    return visible(this.name);
  }

  async load(signal) {
    const [definition, workers] = await Promise.all([
      api.json(orchestrationApi(this.name, this.version && `versions/${encodeURIComponent(this.version)}`), {signal}),
      beside(`api/workers?orchestration=${encodeURIComponent(this.name)}`, signal),
    ]);
    this.workers = workers;
    if (this.stats !== null) {
      // Lists that are disabled once are disabled for good.
      this.stats = await beside(orchestrationApi(this.name, 'stats', {window: this.window}), signal);
    }
    if (this.diff && !(this.changes?.to === definition.version)) {
      // Neither version ever changes.
      const [changes, before] = await Promise.all([
        api.json(orchestrationApi(this.name, 'diff', {from: this.diff, to: definition.version}), {signal}),
        api.json(orchestrationApi(this.name, `versions/${encodeURIComponent(this.diff)}`), {signal}),
      ]);
      Object.assign(this, {changes, before});
    }
    this.definition = definition;
    return {complete: true};
  }

  view() {
    const definition = this.definition;
    if (!definition) {
      return this.problem ? html`<h1>${said(this.name, 120)}</h1>${failed(this.problem)}` : loading();
    }
    return html`<header class="head"><h1>${said(definition.title ?? definition.name, 120)}</h1>
        <p>${id(definition.name, this.app)} v${definition.version} ${labels(definition)} ${state(definition.status)}
          · registered ${time(definition.registeredAt, this.app)}${definition.requestedBy ? html` by ${said(definition.requestedBy, 60)}` : ''}
          · <a href=${this.app.href(flowsPath({orchestration: definition.name}))}>its flows</a></p>
        ${this.age()}
        ${definition.description ? html`<p>${said(definition.description, 2000)}</p>` : ''}
        <p>${definition.timeout ? `Cancelled after ${isoDuration(definition.timeout)}. ` : ''}${definition.steps.some((step) => step.pivot)
          ? 'Cannot be undone once its point of no return has been passed.' : `Can be undone for ${isoDuration(definition.undoWindow)} after it has completed.`}</p></header>
      ${this.problem ? failed(this.problem) : ''}
      ${this.changes ? this.compared() : graph(definition.steps, null, null)}
      <div class="table"><table class="cards"><thead><tr><th>Step</th><th>Waits for</th><th>Only when</th><th>Timeout</th><th>Way back</th><th>Served by</th></tr></thead><tbody>
        ${definition.steps.map((step) => html`<tr data-row data-anchor=${step.name}><td>${said(step.name, 80)} ${step.kind === 'remote' ? '' : html`<span class="tag">${step.kind}</span>`}</td>
          <td data-label="Waits for">${dependencies(step).length > 0 ? said(dependencies(step).join(', '), 160) : ''}</td>
          <td data-label="Only when">${step.when ? html`<code>${said(step.when, 200)}</code>` : ''}</td>
          <td data-label="Timeout">${step.kind === 'remote' ? isoDuration(step.timeout) : ''}</td>
          <td data-label="Way back">${step.pivot ? 'point of no return' : step.undoable ? 'undo' : step.kind === 'remote' ? 'no undo: left standing' : ''}</td>
          <td data-label="Served by">${this.servedBy(step)}</td></tr>`)}</tbody></table></div>
      ${this.workers && !this.workers.complete && this.workers.note ? html`<p class="note">${said(this.workers.note, 400)}</p>` : ''}
      ${this.triggers()}
      ${this.figures()}
      <h2>${count(definition.versions.length, 'version')}</h2>
      <div class="table"><table class="cards"><thead><tr><th>Version</th><th>Registered</th><th>By</th><th>Hash</th>${this.stats ? html`<th>Flows</th>` : ''}<th></th></tr></thead><tbody>
        ${definition.versions.map((version) => this.versionRow(version))}</tbody></table></div>
      ${definition.workers.length > 0 ? html`<h2>Workers that have declared steps</h2><div class="table"><table><thead><tr><th>Service</th><th>Steps</th><th>Said so last</th></tr></thead><tbody>
        ${definition.workers.map((worker) => html`<tr><td>${said(worker.service, 80)}</td><td>${said(worker.steps.join(', '), 200)}</td><td>${time(worker.lastSeen, this.app)}</td></tr>`)}</tbody></table></div>` : ''}`;
  }

  servedBy(step) {
    if (step.kind !== 'remote') {
      return DONE_BY[step.kind] ?? 'the orchestrator';
    }
    const lines = serving(step.name, this.workers?.workers, Date.now());
    const isServed = unservedSteps({name: this.definition.name, unservedSteps: [step.name]}, this.workers?.workers).length === 0;
    return html`${step.servedBy.length > 0 ? said(step.servedBy.join(', '), 120) : isServed ? 'nobody has declared it' : html`<span class="warn">nobody has declared it</span>
        <small>DO: ${said(step.doTopic ?? '', 120)}${step.undoTopic ? html`, UNDO: ${said(step.undoTopic, 120)}` : ''}</small>
        <details><summary>A worker for it</summary>${block(workerSketch(this.definition.name, step))}</details>`}
      ${lines.map((line) => html`<small class=${line.isWarning ? 'warn' : ''}>${said(line.text, 200)}</small>`)}`;
  }

  /** What starts its flows besides initiators, or signals them. */
  triggers() {
    const rows = (this.definition.triggers ?? []).map(triggerRow);
    return rows.length === 0 ? '' : html`<h2>${count(rows.length, 'trigger')}</h2>
      <div class="table"><table class="cards"><thead><tr><th>Trigger</th><th>Source</th><th>Only when</th><th>What it does</th><th>Flow id</th></tr></thead><tbody>
        ${rows.map((row) => html`<tr data-row><td>${row.kind === 'schedule'
          ? html`<a data-open href=${this.app.href(schedulePath({orchestration: this.definition.name, trigger: row.name}))}>${said(row.name, 80)}</a>` : said(row.name, 80)} <span class="tag">${row.kind}</span></td>
          <td data-label="Source">${said(row.source, 200)}${row.verified ? html` <small class=${row.isOpen ? 'warn' : ''}>${row.verified}</small>` : ''}</td>
          <td data-label="Only when">${row.when ? html`<code>${said(row.when, 200)}</code>` : ''}</td>
          <td data-label="What it does">${said(row.does, 100)}</td>
          <td data-label="Flow id">${row.flowId ? html`<code>${said(row.flowId, 200)}</code>` : ''}</td></tr>`)}</tbody></table></div>`;
  }

  /** How fast the steps answer, of an orchestrator that counts it. */
  figures() {
    if (!this.stats) {
      return '';
    }
    const rows = this.stats.steps.map((step) => [step.step, figures(step.do), figures(step.undo)]).filter(([, forward, back]) => forward.length + back.length > 0);
    const cell = (word, list) => html`<td data-label=${word}>${list.map((one) => html`<span class="figure"><small>${one.word}</small> ${one.text}</span>`)}</td>`;
    return html`<h2>How the steps answer</h2>
      <div class="chips" role="group" aria-label="Window">${WINDOWS.map(([window, word]) => html`<button type="button" class="chip" aria-pressed=${window === this.window ? 'true' : 'false'}
        @click=${() => { this.window = window; this.app.reload(); }}>${word}</button>`)}</div>
      ${rows.length === 0 ? html`<p class="empty">No step has answered in this time.</p>` : html`<div class="table"><table class="cards"><thead><tr><th>Step</th><th>DO</th><th>UNDO</th></tr></thead><tbody>
        ${rows.map(([name, forward, back]) => html`<tr data-row><td>${said(name, 80)}</td>${cell('DO', forward)}${cell('UNDO', back)}</tr>`)}</tbody></table></div>`}`;
  }

  /** Says so if this is not the newest version. */
  age() {
    const newest = this.definition.versions[0]?.version;
    return newest === undefined || newest === this.definition.version ? '' : html`<p class="note">This is not the newest version.
      <a href=${this.app.href(orchestrationPath(this.name))}>v${newest} is</a>, and <a
      href=${this.app.href(orchestrationPath(this.name, {version: newest, diff: this.definition.version}))}>this is what it changes</a>.</p>`;
  }

  versionRow(version) {
    const before = versionBefore(this.definition.versions, version.version);
    return html`<tr data-row class=${version.version === this.definition.version ? 'chosen' : ''}>
      <td><a data-open href=${this.app.href(orchestrationPath(this.name, {version: version.version}))}>v${version.version}</a></td>
      <td data-label="Registered">${time(version.registeredAt, this.app)}</td>
      <td data-label="By">${version.requestedBy ? said(version.requestedBy, 60) : ''}</td><td data-label="Hash"><code>${said(version.hash, 16)}</code></td>
      ${this.stats ? html`<td data-label="Flows"><a href=${this.app.href(flowsPath({orchestration: this.name, version: String(version.version)}))}>${flowsOn(version.version, this.stats.versions)}</a></td>` : ''}
      <td>${before === null ? '' : html`<a href=${this.app.href(orchestrationPath(this.name, {version: version.version, diff: before}))}>changes since v${before}</a>`}</td></tr>`;
  }

  compared() {
    const rows = changeRows(this.changes);
    return html`<section class="changes"><h2>What v${this.changes.to} changes against v${this.changes.from}</h2>
      ${graph(union(this.before.steps, this.definition.steps), null, null, marks(this.changes))}
      ${rows.length === 0 ? html`<p class="empty">Nothing: both versions have the same content.</p>` : html`
        <div class="table"><table class="cards"><thead><tr><th>Step</th><th>Change</th><th>Field</th><th>v${this.changes.from}</th><th>v${this.changes.to}</th></tr></thead><tbody>
        ${rows.map((row) => html`<tr data-row><td>${row.step === null ? 'the orchestration' : said(row.step, 80)}</td>
          <td data-label="Change">${change(row.change)}</td>
          <td data-label="Field">${row.path ? html`<code>${said(row.path, 160)}</code>` : ''}</td>
          <td data-label=${`v${this.changes.from}`}>${row.from ? html`<code>${said(row.from, 400)}</code>` : ''}</td>
          <td data-label=${`v${this.changes.to}`}>${row.to ? html`<code>${said(row.to, 400)}</code>` : ''}</td></tr>`)}</tbody></table></div>`}
      <p><a href=${this.app.href(orchestrationPath(this.name, {version: this.version}))}>Without the comparison</a></p></section>`;
  }
}
