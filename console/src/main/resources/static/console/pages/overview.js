/** What needs a person, and whether everything else moves. */
import {html} from '../lib/lit-html/lit-html.js';
import * as api from '../api.js';
import {breakersSentence} from '../model/breakers.js';
import {incidentTitle, trendWord} from '../model/incidents.js';
import {overviewSentence, partsSentence} from '../model/overview.js';
import {instanceRows, unservedSteps} from '../model/serving.js';
import {flowLook, parkedBecause} from '../model/status.js';
import {count} from '../model/text.js';
import {ago, duration} from '../model/time.js';
import {flowPath, flowsPath, incidentPath, orchestrationPath} from '../model/url.js';
import {commandBlock, failed, loading, said} from '../parts/bits.js';
import {flowStatusWord} from '../parts/icon.js';
import {chartOf} from '../parts/spark.js';

const OPEN = ['PARKED', 'UNDOING', 'WAITING', 'IN_PROGRESS'];
const OLDEST = {PARKED: 'parked', UNDOING: 'undoing', WAITING: 'waiting'};
const WINDOWS = [['1h', '1 h'], ['6h', '6 h'], ['24h', '24 h']];
const MOST_INCIDENTS = 5;

/** Data that seldom changes is requested less often. */
const SELDOM_MS = 10_000;

export class OverviewPage {
  constructor(app, {window}) {
    this.app = app;
    this.window = window || '1h';
  }

  title() {
    return 'Overview';
  }

  topics() {
    return this.stats ? ['stats'] : [];
  }

  async load(signal) {
    const [stats, incidents, newest] = await Promise.all([
      optional(api.json(`api/stats?window=${encodeURIComponent(this.window)}`, {signal})),
      optional(api.json(`api/incidents?limit=${MOST_INCIDENTS}`, {signal})),
      optional(api.json('api/flows?limit=5&count=false', {signal})),
    ]);
    if (!this.ready || Date.now() - this.seldomAt > SELDOM_MS) {
      const [list, workers, breakers] = await Promise.all([
        api.json('api/orchestrations', {signal}), optional(api.json('api/workers', {signal})), optional(api.json('api/breakers', {signal})),
      ]);
      this.definitions = list.orchestrations;
      this.breakers = breakers?.breakers ?? [];
      this.workers = workers?.workers;
      this.seldomAt = Date.now();
    }
    Object.assign(this, {stats, incidents: (incidents?.incidents ?? []).filter((incident) => incident.parked > 0), newest: newest?.flows ?? [], ready: true});
    return {complete: stats?.complete ?? true, note: stats?.note, lagMs: stats?.lagMs};
  }

  view() {
    if (!this.ready) {
      return this.problem ? failed(this.problem) : loading();
    }
    if (this.definitions.length === 0 && this.newest.length === 0) {
      return this.empty();
    }
    return html`${this.stats ? html`<p class="headline">${overviewSentence(this.stats.byStatus)}</p>
        <ul class="tiles">${OPEN.map((status) => this.tile(status))}${this.otherTiles()}</ul>
        <p class="note">${partsSentence(this.stats.parts)}</p>`
      : html`<p class="note">Flow lists are disabled (doundo.search.enabled=false), so flows are not counted here. Single flows can be opened with the find box.</p>`}
      ${this.needsYou()}
      ${this.openBreakers()}
      ${this.stats ? this.chart() : ''}
      ${this.unserved()}
      ${this.slow()}
      ${this.instances()}
      ${this.newest.length > 0 ? html`<section><h2>Newest flows</h2>${rows(this.newest, this.app)}</section>` : ''}`;
  }

  tile(status) {
    const {byStatus, parkedByReason, oldest} = this.stats;
    const since = oldest[OLDEST[status]];
    return html`<li><a class="tile ${flowLook(status).family}" href=${this.app.href(flowsPath({status: [status]}))}>
      ${flowStatusWord(status)}<strong>${byStatus[status].toLocaleString('en')}</strong>
      ${status === 'PARKED' ? Object.entries(parkedByReason).map(([reason, n]) => html`<small>${n.toLocaleString('en')}: ${parkedBecause(reason)}</small>`) : ''}
      ${since ? html`<small>the oldest since ${duration(Date.now() - Date.parse(since))}</small>` : ''}</a></li>`;
  }

  otherTiles() {
    const {inDoubt, paused, openTasks, deadLetters24h} = this.stats;
    const tile = (word, n, path, family) => html`<li><a class="tile ${n > 0 ? family : 'quiet'}" href=${this.app.href(path)}>
      <span>${word}</span><strong>${n.toLocaleString('en')}</strong></a></li>`;
    return html`${tile('With a step in doubt', inDoubt, flowsPath({inDoubt: 'true'}), 'doubt')}
      ${tile('Paused', paused, flowsPath({paused: 'true'}), 'quiet')}
      ${tile('Open tasks', openTasks, 'tasks', 'run')}
      ${tile('Dead letters, 24 h', deadLetters24h, 'dead-letters', 'stop')}`;
  }

  needsYou() {
    return this.incidents.length === 0 ? '' : html`<section><h2>Needs you</h2><div class="table"><table class="cards"><thead><tr><th>Error</th><th>Where</th><th>Flows</th><th>Since</th></tr></thead><tbody>
      ${this.incidents.map((incident) => html`<tr data-row>
        <td><a data-open href=${this.app.href(incidentPath(incident.fingerprint))}>${said(incident.template, 160)}</a></td>
        <td data-label="Where">${said(incidentTitle(incident), 120)}<small>${said(incident.orchestration, 80)}</small></td>
        <td data-label="Flows"><strong>${incident.parked.toLocaleString('en')}</strong> <span class="tag">${trendWord(incident.trend)}</span></td>
        <td data-label="Since">${ago(incident.firstSeen, Date.now())}</td></tr>`)}</tbody></table></div>
      <p><a href=${this.app.href('incidents')}>All incidents</a> · <a href=${this.app.href(flowsPath({status: ['PARKED']}))}>All parked flows</a></p></section>`;
  }

  openBreakers() {
    return this.breakers.every((breaker) => breaker.state === 'CLOSED') ? '' : html`<section><h2>Breakers</h2>
      <p>${breakersSentence(this.breakers)} <a href=${this.app.href('breakers')}>All breakers</a></p></section>`;
  }

  chart() {
    const {buckets, undoRate} = this.stats;
    const of = (name) => buckets.map((bucket) => bucket[name]);
    const series = [{name: 'started', family: 'run', values: of('started')}, {name: 'completed', family: 'done', values: of('completed')},
      {name: 'undone', family: 'back', values: of('undone')}, {name: 'parked', family: 'stop', values: of('parked')}];
    return html`<section><h2>Per minute</h2>
      <div class="chips" role="group" aria-label="Window">${WINDOWS.map(([window, word]) => html`<button type="button" class="chip" aria-pressed=${window === this.window ? 'true' : 'false'}
        @click=${() => this.app.go(window === '1h' ? '' : `?window=${window}`)}>${word}</button>`)}</div>
      ${chartOf(series, `Flows per minute in the last ${this.window}`)}
      ${undoRate === null ? '' : html`<p>${(undoRate * 100).toFixed(1)} % of the flows that ended were undone.</p>`}</section>`;
  }

  unserved() {
    const missing = this.definitions.map((definition) => [definition, unservedSteps(definition, this.workers)]).filter(([, steps]) => steps.length > 0);
    return missing.length === 0 ? '' : html`<section><h2>Steps without a worker</h2><ul>
      ${missing.map(([definition, steps]) => html`<li><a href=${this.app.href(orchestrationPath(definition.name))}>${said(definition.title ?? definition.name)}</a>:
        ${said(steps.join(', '))}</li>`)}</ul></section>`;
  }

  slow() {
    const slow = this.stats?.slow ?? [];
    return slow.length === 0 ? '' : html`<section><h2>Steps that answer slowly</h2><ul>
      ${slow.map((step) => html`<li><a href=${this.app.href(flowsPath({orchestration: step.orchestration, step: step.step, sort: 'startedAt'}))}>${said(step.step, 80)}</a>
        of ${said(step.orchestration, 80)}: ${count(step.waiting, step.action === 'UNDO' ? 'undo waits' : 'command waits', step.action === 'UNDO' ? 'undos wait' : 'commands wait')}, the oldest since ${duration(Date.now() - Date.parse(step.oldestSince))}</li>`)}</ul></section>`;
  }

  /** The instances that the orchestrator reports. */
  instances() {
    const rows = instanceRows(this.stats?.instances);
    return rows.length === 0 ? '' : html`<section><h2>${count(rows.length, 'instance')}</h2><div class="table"><table class="cards"><thead><tr><th>Instance</th><th>State</th><th>Partitions</th><th>Lists behind by</th><th>Timers late by</th></tr></thead><tbody>
      ${rows.map((row) => html`<tr data-row><td>${said(row.name, 80)}</td><td data-label="State" class=${row.state === 'running' ? '' : 'warn'}>${said(row.state, 40)}</td>
        <td data-label="Partitions">${row.partitions}</td><td data-label="Lists behind by">${row.lag}</td><td data-label="Timers late by">${row.late}</td></tr>`)}</tbody></table></div></section>`;
  }

  empty() {
    return html`<p class="headline">Nothing is registered yet.</p>
      <p>Register an orchestration, start a flow and look at it:</p>
      ${['./doundo register registration-examples/initiator-registration.yaml', "./doundo start tenantCreation --payload '{\"tenantName\":\"acme\"}' --wait", './doundo flows']
        .map((line) => commandBlock(line, this.app))}`;
  }
}

/** Data that this orchestrator has disabled or hides from this key does not fail the page. */
async function optional(answer) {
  try {
    return await answer;
  } catch (e) {
    if (e instanceof api.Problem && (e.isAbsent || e.status === 403 || e.status === 404)) {
      return null;
    }
    throw e;
  }
}

function rows(flows, app) {
  return html`<div class="table"><table><thead><tr><th>Status</th><th>Flow</th><th>Orchestration</th><th>Changed</th></tr></thead><tbody>
    ${flows.map((flow) => html`<tr data-row><td>${flowStatusWord(flow.status)}</td>
      <td><a data-open href=${app.href(flowPath(flow.flowId))}>${said(flow.flowId, 80)}</a></td>
      <td>${said(flow.orchestrationName, 60)}${flow.parkReason ? html`<small>${parkedBecause(flow.parkReason)}</small>` : ''}</td>
      <td>${ago(flow.updatedAt, Date.now())}</td></tr>`)}</tbody></table></div>`;
}
