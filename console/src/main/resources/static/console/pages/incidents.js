/** Why flows fail or wait: the groups of errors and the breakers that are open for long, and one group with what can be done for all of its flows at once. */
import {html} from '../lib/lit-html/lit-html.js';
import * as api from '../api.js';
import {breakerLook} from '../model/breakers.js';
import {incidentCount, incidentTitle, noIncidents, parkedIn, trendWord} from '../model/incidents.js';
import {flowLook, parkedBecause} from '../model/status.js';
import {count, visible} from '../model/text.js';
import {ago} from '../model/time.js';
import {breakerPath, filterQuery, flowPath, flowsPath, incidentPath, incidentsPath, orchestrationPath} from '../model/url.js';
import {failed, id, loading, said, time} from '../parts/bits.js';
import {BulkDialog} from '../parts/bulk.js';
import {chip, flowStatus} from '../parts/icon.js';
import {spark} from '../parts/spark.js';
import {label} from '../parts/verbs.js';

const WINDOWS = [['1h', '1 hour'], ['24h', '24 hours'], ['7d', '7 days']];
const FOR_ALL = ['retry', 'resolve', 'skip', 'undo'];

export class IncidentsPage {
  constructor(app, {filter}) {
    this.app = app;
    this.filter = filter;
    // Groups are made of all flows.
    this.every = 5000;
  }

  title() {
    return 'Incidents';
  }

  topics() {
    return ['flows:status=PARKED'];
  }

  async load(signal) {
    const query = new URLSearchParams(Object.entries({...this.filter, window: this.filter.window || '24h', limit: '100'}).filter(([, value]) => value));
    this.page = await api.json(`api/incidents?${query}`, {signal});
    return {complete: this.page.complete, note: this.page.note, lagMs: this.page.lagMs};
  }

  view() {
    const chosen = this.filter.window || '24h';
    return html`<h1>Incidents</h1>
      <div class="chips" role="group" aria-label="Window">${WINDOWS.map(([window, word]) => html`<button type="button" class="chip" aria-pressed=${window === chosen ? 'true' : 'false'}
        @click=${() => this.app.go(incidentsPath({...this.filter, window}))}>${word}</button>`)}</div>
      ${this.problem ? failed(this.problem) : ''}
      ${!this.page ? (this.problem ? '' : loading()) : this.list()}`;
  }

  list() {
    const {incidents, unexplained, lastIncidentAt} = this.page;
    // Absent when the page is filtered, null while the orchestrator still reads them.
    const breakers = this.page.breakers ?? [];
    return html`${this.openBreakers(breakers)}${unexplained > 0 ? html`<p class="note">${count(unexplained, 'parked flow')} without an error: <a href=${this.app.href(flowsPath({status: ['PARKED']}))}>all parked flows</a></p>` : ''}
      ${incidents.length === 0 ? html`<p class="empty">${noIncidents(breakers)}${lastIncidentAt ? html` The last incident was ${time(lastIncidentAt, this.app)}.` : ''}</p>`
        : html`<div class="table"><table class="cards"><thead><tr><th>Error</th><th>Where</th><th>Flows</th><th>Over time</th><th>First, last</th><th>Sample</th></tr></thead><tbody>
          ${incidents.map((incident) => html`<tr data-row>
            <td><a data-open href=${this.app.href(incidentPath(incident.fingerprint))}>${said(incident.template, 200)}</a>
              ${incident.reason ? html`<small>${parkedBecause(incident.reason)}</small>` : ''}</td>
            <td data-label="Where">${said(incidentTitle(incident), 120)}<small>${said(incident.orchestration, 80)}</small></td>
            <td data-label="Flows"><strong class=${incident.parked > 0 ? 'warn' : ''}>${incident.parked.toLocaleString('en')}</strong><small>${incidentCount(incident)}</small></td>
            <td data-label="Over time">${spark(incident.spark, `${trendWord(incident.trend)}: ${incident.spark.join(', ')}`)}<small>${trendWord(incident.trend)}</small></td>
            <td data-label="First, last">${ago(incident.firstSeen, Date.now())}<small>${ago(incident.lastSeen, Date.now())}</small></td>
            <td data-label="Sample"><a href=${this.app.href(flowPath(incident.sample))}>${said(incident.sample, 60)}</a></td></tr>`)}</tbody></table></div>`}`;
  }

  openBreakers(breakers) {
    return breakers.length === 0 ? '' : html`<div class="table"><table class="cards"><thead><tr><th>Breaker</th><th>State</th><th>Open since</th><th>Held</th><th>Why</th></tr></thead><tbody>
      ${breakers.map((breaker) => html`<tr data-row>
        <td><a data-open href=${this.app.href(breakerPath(breaker))}>${said(breaker.name, 70)}</a></td>
        <td data-label="State">${chip(breakerLook(breaker.state))}</td>
        <td data-label="Open since">${time(breaker.openSince, this.app)} <small>${ago(breaker.openSince, Date.now())}</small></td>
        <td data-label="Held"><strong class=${breaker.held > 0 ? 'warn' : ''}>${count(breaker.held, 'step')}</strong></td>
        <td data-label="Why">${breaker.why ? said(breaker.why, 200) : ''}${breaker.by ? html` <small>by ${said(breaker.by, 60)}</small>` : ''}</td></tr>`)}</tbody></table></div>`;
  }
}

export class IncidentPage {
  constructor(app, {fingerprint}) {
    this.app = app;
    this.fingerprint = fingerprint;
  }

  title() {
    return this.incident ? visible(incidentTitle(this.incident)) : 'Incident';
  }

  topics() {
    return [`flows:${filterQuery({fingerprint: this.fingerprint})}`];
  }

  async load(signal) {
    const page = await api.json(`api/incidents/${encodeURIComponent(this.fingerprint)}`, {signal});
    this.incident = page.incident;
    this.flows = page.flows;
    return {complete: page.complete, note: page.note, lagMs: page.lagMs};
  }

  key(event) {
    if (event.key === 'r' && this.incident?.parked > 0) {
      this.bulk('retry');
      return true;
    }
    return false;
  }

  bulk(verb) {
    new BulkDialog(this.app, {
      verb,
      filter: filterQuery(parkedIn(this.incident)).toString(),
      flowIds: null,
      flows: this.incident.parked,
      step: ['skip', 'resolve'].includes(verb) ? this.incident.step : '',
    }).open();
  }

  view() {
    const {incident} = this;
    if (!incident) {
      return this.problem ? html`<h1>Incident</h1>${failed(this.problem)}<p><a href=${this.app.href('incidents')}>All incidents</a></p>` : loading();
    }
    return html`<header class="head"><h1>${said(incidentTitle(incident), 200)}</h1>
        <p class="headline">${said(incident.template, 600)}</p>
        <p>${id(incident.fingerprint, this.app)} · <a href=${this.app.href(orchestrationPath(incident.orchestration))}>${said(incident.orchestration, 80)}</a>
          · first ${time(incident.firstSeen, this.app)}, last ${time(incident.lastSeen, this.app)} · ${trendWord(incident.trend)}</p>
        <p>${incidentCount(incident)}.${incident.reason ? ` They are parked because ${parkedBecause(incident.reason)}.` : ''}</p>
        <p>${incident.workers.length > 0 ? html`Answered by ${said(incident.workers.join(', '), 200)}${incident.workerVersions.length > 0 ? html`, version ${said(incident.workerVersions.join(', '), 200)}` : ''}.` : ''}</p>
        ${spark(incident.spark, `${trendWord(incident.trend)}: ${incident.spark.join(', ')}`)}</header>
      ${this.problem ? failed(this.problem) : ''}
      ${incident.parked === 0 ? html`<p class="empty">None of its flows waits for you any more.</p>` : html`
        <div class="buttons" role="group" aria-label="For all flows that wait">${FOR_ALL.map((verb) => html`<button type="button" data-bulk=${verb} class=${verb === 'retry' ? 'primary' : ''}
          @click=${() => this.bulk(verb)}>${label(verb)} ${count(incident.parked, 'flow')}…</button>`)}
          <a href=${this.app.href(flowsPath(parkedIn(incident)))}>Choose among them</a></div>`}
      <div class="table"><table class="cards"><thead><tr><th>Status</th><th>Flow</th><th>Error</th><th>Changed</th></tr></thead><tbody>
        ${this.flows.map((flow) => html`<tr data-row><td class=${flowLook(flow.status).family}>${flowStatus(flow)}</td>
          <td data-label="Flow"><a data-open href=${this.app.href(flowPath(flow.flowId))}>${said(flow.flowId, 80)}</a></td>
          <td data-label="Error">${flow.error ? said(flow.error, 200) : ''}</td>
          <td data-label="Changed">${ago(flow.updatedAt, Date.now())}</td></tr>`)}</tbody></table></div>`;
  }
}
