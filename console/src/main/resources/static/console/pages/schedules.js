/** The schedules, and one of them: its next times, its runs, and what happened lately. */
import {html} from '../lib/lit-html/lit-html.js';
import {live} from '../lib/lit-html/directives/live.js';
import * as api from '../api.js';
import {scheduleCommands} from '../model/command.js';
import {toldBy, toldByOne} from '../model/freshness.js';
import {entryLook, lastOutcome, progressLook, rules, scheduleLook, scheduleSentence, scheduleVerbs} from '../model/schedules.js';
import {visible} from '../model/text.js';
import {ago, stamp} from '../model/time.js';
import {flowPath, orchestrationPath, scheduleApi, schedulePath} from '../model/url.js';
import {failed, loading, said, threeWays, time} from '../parts/bits.js';
import {request} from '../parts/change.js';
import {chip} from '../parts/icon.js';

const WORDS = {pause: 'Pause', resume: 'Resume', trigger: 'Start a run now'};

export class SchedulesPage {
  constructor(app, {orchestration}) {
    this.app = app;
    this.orchestration = orchestration;
  }

  title() {
    return 'Schedules';
  }

  async load(signal) {
    const query = this.orchestration ? `?${new URLSearchParams({orchestration: this.orchestration})}` : '';
    this.list = await api.json(`api/schedules${query}`, {signal});
    return toldBy(this.list);
  }

  view() {
    return html`<h1>Schedules</h1>${this.problem ? failed(this.problem) : ''}
      ${!this.list ? (this.problem ? '' : loading()) : this.list.schedules.length === 0
        ? html`<p class="empty">No orchestration has a schedule. Add <code>triggers</code> to its document, and register it again.</p>`
        : html`<div class="table"><table class="cards"><thead><tr><th>State</th><th>Schedule</th><th>Times</th><th>Next</th><th>Runs</th><th>Last</th></tr></thead><tbody>
          ${this.list.schedules.map((schedule) => this.row(schedule))}</tbody></table></div>`}`;
  }

  row(schedule) {
    const last = lastOutcome(schedule);
    return html`<tr data-row><td>${chip(scheduleLook(schedule.state))}</td>
      <td data-label="Schedule"><a data-open href=${this.app.href(schedulePath(schedule))}>${said(`${schedule.orchestration}/${schedule.trigger}`, 130)}</a></td>
      <td data-label="Times"><code>${said(schedule.times, 160)}</code></td>
      <td data-label="Next">${schedule.next.length > 0 ? html`${time(schedule.next[0].at, this.app)} <small>${ago(schedule.next[0].at, Date.now())}</small>` : html`<span class="none">–</span>`}</td>
      <td data-label="Runs">${schedule.running.length.toLocaleString('en')}</td>
      <td data-label="Last">${last ? html`${chip(entryLook(last))} <small>${ago(last.at, Date.now())}</small>${last.reason ? html`<small>${said(last.reason, 200)}</small>` : ''}` : ''}</td></tr>`;
  }
}

export class SchedulePage {
  constructor(app, {orchestration, trigger}) {
    this.app = app;
    this.name = {orchestration, trigger};
    this.reason = '';
  }

  title() {
    return visible(`${this.name.orchestration}/${this.name.trigger}`);
  }

  async load(signal) {
    this.schedule = await api.json(scheduleApi(this.name), {signal});
    return toldByOne(this.schedule);
  }

  ask(verb) {
    return request(this, scheduleApi(this.name, verb), verb, WORDS[verb]);
  }

  view() {
    const {schedule} = this;
    if (!schedule) {
      return this.problem ? html`<h1>Schedule</h1>${failed(this.problem)}` : loading();
    }
    return html`<header class="head"><h1>${said(`${schedule.orchestration}/${schedule.trigger}`, 130)}</h1>
        <p>${chip(scheduleLook(schedule.state))} <code>${said(schedule.times, 160)}</code> · of <a href=${this.app.href(orchestrationPath(schedule.orchestration))}>${said(schedule.orchestration, 70)}</a></p>
        <p>${said(scheduleSentence(schedule), 600)}</p>
        <p>${said(rules(schedule), 300)}</p></header>
      ${this.problem ? failed(this.problem) : ''}
      ${this.failure ? html`<p class="failure" role="alert">${visible(this.failure)}</p>` : ''}
      ${this.verbs()}
      ${this.times()}
      ${this.runs()}
      ${this.history()}`;
  }

  verbs() {
    const verbs = scheduleVerbs(this.schedule);
    if (verbs.length === 0) {
      return '';
    }
    const commands = scheduleCommands(this.schedule, verbs, this.reason.trim(), {withKey: api.hasKey(), url: api.urlOf(scheduleApi(this.name)).href});
    return html`<section class="why"><h2>Operate</h2>
      <label class="inline">Reason <input name="reason" size="40" maxlength="1000" autocomplete="off" .value=${live(this.reason)} @input=${(event) => { this.reason = event.target.value; this.app.draw(); }}></label>
      <p class="buttons">${verbs.map((verb) => html`<button type="button" data-verb=${verb} ?disabled=${this.sending || this.app.isStale()} @click=${() => this.ask(verb)}>${WORDS[verb]}</button>`)}</p>
      <details class="commands"><summary>As a command</summary>
        ${commands.map((command) => html`<h3>${WORDS[command.verb]}</h3>${threeWays(command, this.app)}`)}</details></section>`;
  }

  times() {
    const {schedule} = this;
    return schedule.next.length === 0 ? '' : html`<h2>Next times</h2>
      <div class="table"><table class="cards"><thead><tr><th>UTC</th><th>${schedule.zone ? said(schedule.zone, 60) : 'With offset'}</th><th>In</th></tr></thead><tbody>
      ${schedule.next.map((next) => html`<tr><td data-label="UTC">${stamp(next.at, 'utc')}</td><td data-label=${schedule.zone ?? 'With offset'}>${said(next.local.replace('T', ' '), 60)}</td>
        <td data-label="In">${ago(next.at, Date.now())}</td></tr>`)}</tbody></table></div>`;
  }

  runs() {
    const {running, waiting} = this.schedule;
    return running.length === 0 ? '' : html`<h2>Runs that have not ended</h2>
      ${waiting ? html`<p class="note">The run of ${time(waiting, this.app)} starts once they are undone.</p>` : ''}
      <div class="table"><table class="cards"><thead><tr><th>Run</th><th>State</th><th>Due</th></tr></thead><tbody>
      ${running.map((run) => html`<tr data-row><td><a data-open href=${this.app.href(flowPath(run.flowId))}>${said(run.flowId, 160)}</a></td>
        <td data-label="State">${chip(progressLook(run.progress))}</td><td data-label="Due">${time(run.planned, this.app)}</td></tr>`)}</tbody></table></div>`;
  }

  history() {
    const {recent} = this.schedule;
    return html`<h2>Lately</h2>${recent.length === 0 ? html`<p class="empty">Nothing has happened yet.</p>` : html`
      <div class="table"><table class="cards"><thead><tr><th>At</th><th>What</th><th>Due</th><th>Run</th><th>Why</th></tr></thead><tbody>
      ${recent.map((entry) => html`<tr><td>${time(entry.at, this.app)}</td><td data-label="What">${chip(entryLook(entry))}</td>
        <td data-label="Due">${entry.planned ? time(entry.planned, this.app) : ''}</td>
        <td data-label="Run">${entry.flowId ? html`<a href=${this.app.href(flowPath(entry.flowId))}>${said(entry.flowId, 160)}</a>` : ''}</td>
        <td data-label="Why">${entry.reason ? said(entry.reason, 400) : ''}${entry.by ? html` <small>by ${said(entry.by, 60)}</small>` : ''}</td></tr>`)}</tbody></table></div>`}`;
  }
}
