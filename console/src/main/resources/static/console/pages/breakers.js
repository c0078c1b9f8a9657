/** The circuit breakers, and one of them: its state, its figures, and what happened lately. */
import {html} from '../lib/lit-html/lit-html.js';
import {live} from '../lib/lit-html/directives/live.js';
import * as api from '../api.js';
import {breakerEntryLook, breakerLook, breakersSentence, breakerVerbs, figures, minuteAfter, sortedBreakers} from '../model/breakers.js';
import {breakerCommands} from '../model/command.js';
import {toldBy, toldByOne} from '../model/freshness.js';
import {visible} from '../model/text.js';
import {ago} from '../model/time.js';
import {breakerApi, breakerPath} from '../model/url.js';
import {failed, loading, said, threeWays, time} from '../parts/bits.js';
import {request} from '../parts/change.js';
import {chip} from '../parts/icon.js';

const WORDS = {reset: 'Reset', open: 'Force open for an hour'};

/** How long the button forces a breaker open; the command takes any length. */
const FORCED_FOR = '1h';
const FORCED_FOR_MS = 3_600_000;

export class BreakersPage {
  constructor(app) {
    this.app = app;
  }

  title() {
    return 'Breakers';
  }

  async load(signal) {
    this.list = await api.json('api/breakers', {signal});
    return toldBy(this.list);
  }

  view() {
    return html`<h1>Breakers</h1>${this.problem ? failed(this.problem) : ''}
      ${!this.list ? (this.problem ? '' : loading()) : html`<p>${breakersSentence(this.list.breakers)}</p>
        ${this.list.breakers.length === 0
          ? html`<p class="empty">A breaker is listed from its first fault on, or once it is configured or forced open. Name it with <code>breaker</code> on a step.</p>`
          : html`<div class="table"><table class="cards"><thead><tr><th>State</th><th>Breaker</th><th>Since</th><th>Until</th><th>Held</th><th>Why</th></tr></thead><tbody>
            ${sortedBreakers(this.list.breakers).map((breaker) => this.row(breaker))}</tbody></table></div>`}`}`;
  }

  row(breaker) {
    return html`<tr data-row><td>${chip(breakerLook(breaker.state))}</td>
      <td data-label="Breaker"><a data-open href=${this.app.href(breakerPath(breaker))}>${said(breaker.name, 70)}</a></td>
      <td data-label="Since">${breaker.since ? html`${time(breaker.since, this.app)} <small>${ago(breaker.since, Date.now())}</small>` : html`<span class="none">–</span>`}</td>
      <td data-label="Until">${breaker.until ? time(breaker.until, this.app) : html`<span class="none">–</span>`}</td>
      <td data-label="Held">${breaker.held.toLocaleString('en')}</td>
      <td data-label="Why">${breaker.why ? said(breaker.why, 200) : ''}${breaker.by ? html` <small>by ${said(breaker.by, 60)}</small>` : ''}</td></tr>`;
  }
}

export class BreakerPage {
  constructor(app, {name}) {
    this.app = app;
    this.name = {name};
    this.reason = '';
  }

  title() {
    return visible(this.name.name);
  }

  async load(signal) {
    this.breaker = await api.json(breakerApi(this.name), {signal});
    return toldByOne(this.breaker);
  }

  ask(verb) {
    return request(this, breakerApi(this.name, verb), verb, WORDS[verb], verb === 'open' ? {for: FORCED_FOR} : {});
  }

  view() {
    const {breaker} = this;
    if (!breaker) {
      return this.problem ? html`<h1>Breaker</h1>${failed(this.problem)}` : loading();
    }
    return html`<header class="head"><h1>${said(breaker.name, 70)}</h1>
        <p>${chip(breakerLook(breaker.state))}${breaker.since ? html` since ${time(breaker.since, this.app)}` : ''}${breaker.until ? html` until ${time(breaker.until, this.app)}` : ''} · ${breaker.held.toLocaleString('en')} held</p>
        ${breaker.why ? html`<p>${said(breaker.why, 400)}${breaker.by ? html` <small>by ${said(breaker.by, 60)}</small>` : ''}</p>` : ''}
        <p>${figures(breaker)}</p></header>
      ${this.problem ? failed(this.problem) : ''}
      ${this.failure ? html`<p class="failure" role="alert">${visible(this.failure)}</p>` : ''}
      ${this.verbs()}
      ${this.history()}`;
  }

  verbs() {
    const verbs = breakerVerbs(this.breaker);
    const commands = breakerCommands(this.breaker, verbs, this.reason.trim(), {length: FORCED_FOR, until: minuteAfter(FORCED_FOR_MS, Date.now())}, {withKey: api.hasKey(), url: api.urlOf(breakerApi(this.name)).href});
    return html`<section class="why"><h2>Operate</h2>
      <label class="inline">Reason <input name="reason" size="40" maxlength="1000" autocomplete="off" .value=${live(this.reason)} @input=${(event) => { this.reason = event.target.value; this.app.draw(); }}></label>
      <p class="buttons">${verbs.map((verb) => html`<button type="button" data-verb=${verb} ?disabled=${this.sending || this.app.isStale() || (verb === 'open' && !this.reason.trim())} @click=${() => this.ask(verb)}>${WORDS[verb]}</button>`)}</p>
      <details class="commands"><summary>As a command</summary>
        ${commands.map((command) => html`<h3>${WORDS[command.verb]}</h3>${threeWays(command, this.app)}`)}</details></section>`;
  }

  history() {
    const {recent} = this.breaker;
    return html`<h2>Lately</h2>${recent.length === 0 ? html`<p class="empty">Nothing has happened yet.</p>` : html`
      <div class="table"><table class="cards"><thead><tr><th>At</th><th>What</th><th>Until</th><th>Why</th></tr></thead><tbody>
      ${recent.map((entry) => html`<tr><td>${time(entry.at, this.app)}</td><td data-label="What">${chip(breakerEntryLook(entry))}</td>
        <td data-label="Until">${entry.until ? time(entry.until, this.app) : ''}</td>
        <td data-label="Why">${entry.reason ? said(entry.reason, 400) : ''}${entry.by ? html` <small>by ${said(entry.by, 60)}</small>` : ''}</td></tr>`)}</tbody></table></div>`}`;
  }
}
