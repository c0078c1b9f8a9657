/** The notifications: who is still to be told of what, and one of them with its attempts and its body. */
import {html} from '../lib/lit-html/lit-html.js';
import * as api from '../api.js';
import {resendCommands} from '../model/command.js';
import {toldBy, toldByOne} from '../model/freshness.js';
import {member, pretty} from '../model/json.js';
import {attemptWord, notificationLook, receiversSentence, resendsSentence, resendWord, sortedReceivers, STATE_FILTERS, subject} from '../model/notifications.js';
import {visible, wordOf} from '../model/text.js';
import {ago} from '../model/time.js';
import {notificationApi, notificationPath, notificationsApi, notificationsPath} from '../model/url.js';
import {block, failed, id, loading, said, threeWays, time} from '../parts/bits.js';
import {change} from '../parts/change.js';
import {chip} from '../parts/icon.js';

export class NotificationsPage {
  constructor(app, {filter}) {
    this.app = app;
    this.filter = filter;
  }

  title() {
    return 'Notifications';
  }

  async load(signal) {
    this.list = await api.json(notificationsApi(this.filter), {signal});
    return toldBy(this.list);
  }

  view() {
    return html`<h1>Notifications</h1>${this.problem ? failed(this.problem) : ''}
      ${!this.list ? (this.problem ? '' : loading()) : html`<p>${receiversSentence(this.list.receivers)} ${resendsSentence(this.list.resends)}</p>
        ${this.receivers()}${this.refused()}${this.filters()}${this.table()}`}`;
  }

  receivers() {
    const {receivers} = this.list;
    return receivers.length === 0 ? '' : html`<div class="table"><table class="cards"><thead><tr><th>Receiver</th><th>Pending</th><th>Oldest</th><th>Last error</th></tr></thead><tbody>
      ${sortedReceivers(receivers).map((one) => html`<tr><td><a href=${this.app.href(notificationsPath({receiver: one.receiver, state: 'PENDING'}))}>${said(one.receiver, 130)}</a></td>
        <td data-label="Pending">${one.pending.toLocaleString('en')}</td>
        <td data-label="Oldest">${time(one.oldest, this.app)} <small>${ago(one.oldest, Date.now())}</small></td>
        <td data-label="Last error">${one.lastError ? said(one.lastError, 200) : ''}</td></tr>`)}</tbody></table></div>`;
  }

  refused() {
    const {refused} = this.list.resends;
    return refused.length === 0 ? '' : html`<h2>Not sent again</h2>
      <div class="table"><table class="cards"><thead><tr><th>Notification</th><th>Asked</th><th>Why not</th></tr></thead><tbody>
      ${refused.map((one) => html`<tr><td>${id(one.notification, this.app)}</td>
        <td data-label="Asked">${time(one.at, this.app)}${one.by ? html` <small>by ${said(one.by, 60)}</small>` : ''}</td>
        <td data-label="Why not">${said(one.reason, 300)}</td></tr>`)}</tbody></table></div>`;
  }

  /** Each filter is a URL of its own. */
  filters() {
    const {receiver, orchestration, flowId} = this.filter;
    const others = [receiver, orchestration, flowId].filter((one) => one);
    return html`<div class="chips" role="group" aria-label="State">${STATE_FILTERS.map(([state, word]) => html`<button type="button" class="chip" aria-pressed=${state === this.filter.state ? 'true' : 'false'}
        @click=${() => this.app.go(notificationsPath({...this.filter, state}))}>${word}</button>`)}</div>
      ${others.length === 0 ? '' : html`<p>Only those of ${others.map((one, i) => html`${i > 0 ? ', ' : ''}${said(one, 130)}`)}. <a href=${this.app.href(notificationsPath({state: this.filter.state}))}>All</a></p>`}`;
  }

  table() {
    const {notifications} = this.list;
    return notifications.length === 0
      ? html`<p class="empty">There is no such notification. Name receivers with <code>notify</code> in the document of an orchestration, or with <code>doundo.notify.receivers</code> for all.</p>`
      : html`<div class="table"><table class="cards"><thead><tr><th>State</th><th>Notification</th><th>About</th><th>Receiver</th><th>Attempts</th><th>Last error</th></tr></thead><tbody>
        ${notifications.map((one) => this.row(one))}</tbody></table></div>`;
  }

  row(one) {
    const about = subject(one);
    return html`<tr data-row><td>${chip(notificationLook(one.state))}</td>
      <td data-label="Notification"><a data-open href=${this.app.href(notificationPath(one))}>${wordOf(one.type)}</a> ${time(one.at, this.app)} <small>${ago(one.at, Date.now())}</small></td>
      <td data-label="About"><a href=${this.app.href(about.path)}>${said(about.text, 80)}</a></td>
      <td data-label="Receiver">${said(one.receiver, 130)}</td>
      <td data-label="Attempts">${one.attempts.toLocaleString('en')}</td>
      <td data-label="Last error">${one.lastError ? said(one.lastError, 200) : ''}</td></tr>`;
  }
}

export class NotificationPage {
  constructor(app, {notification}) {
    this.app = app;
    this.name = {id: notification};
  }

  title() {
    return visible(this.name.id);
  }

  async load(signal) {
    const {text} = await api.text(notificationApi(this.name), {signal});
    this.one = JSON.parse(text);
    this.body = member(text, 'body');
    return toldByOne(this.one);
  }

  resend() {
    return change(this, 'The answer did not arrive. If you send it again, the receiver may get it twice, under the same id.', async () => {
      await api.text(notificationApi(this.name, 'resend'), {method: 'POST', body: '{}'});
      this.app.announce('The notification is sent again.');
    });
  }

  view() {
    const {one} = this;
    if (!one) {
      return this.problem ? html`<h1>Notification</h1>${failed(this.problem)}` : loading();
    }
    const about = subject(one);
    return html`<header class="head"><h1>${wordOf(one.type)}: ${said(about.text, 80)}</h1>
        <p>${chip(notificationLook(one.state))}${one.nextAttempt ? html` next attempt ${time(one.nextAttempt, this.app)}, given up ${time(one.givenUpAt, this.app)}` : ''}</p>
        <p>To ${said(one.receiver, 130)} over ${said(one.connection + one.url, 200)} · <a href=${this.app.href(about.path)}>${said(about.text, 80)}</a> · happened ${time(one.at, this.app)}</p>
        <p>${id(one.id, this.app)}</p>
        ${one.resent ? html`<p>Sent again ${one.resent.count.toLocaleString('en')} ${one.resent.count === 1 ? 'time' : 'times'}, last asked ${time(one.resent.at, this.app)}${one.resent.by ? html` <small>by ${said(one.resent.by, 60)}</small>` : ''}</p>` : ''}</header>
      ${this.problem ? failed(this.problem) : ''}
      ${this.failure ? html`<p class="failure" role="alert">${visible(this.failure)}</p>` : ''}
      ${this.operate()}
      ${this.attempts()}
      <h2>Body</h2>${this.body === undefined || this.body === 'null' ? html`<p class="empty">Too many notifications wait: the body is in the topic only.</p>` : block(pretty(this.body))}`;
  }

  operate() {
    const commands = resendCommands(this.name, {withKey: api.hasKey(), url: api.urlOf(notificationApi(this.name, 'resend')).href});
    return html`<section class="why"><h2>Operate</h2>
      <p>The receiver gets the same body under the same id.</p>
      <p class="buttons"><button type="button" data-verb="resend" ?disabled=${this.sending || this.app.isStale()} @click=${() => this.resend()}>${resendWord(this.one)}</button></p>
      <details class="commands"><summary>As a command</summary>${threeWays(commands, this.app)}</details></section>`;
  }

  attempts() {
    const {recent, attempts} = this.one;
    return html`<h2>Attempts</h2>${recent.length === 0 ? html`<p class="empty">Nothing has been sent yet.</p>` : html`
      <p>${attempts.toLocaleString('en')} since it was made or last sent again; the latest are:</p>
      <div class="table"><table class="cards"><thead><tr><th>At</th><th>What came back</th><th>Took</th></tr></thead><tbody>
      ${recent.map((attempt) => html`<tr><td>${time(attempt.at, this.app)}</td><td data-label="What came back">${said(attemptWord(attempt), 400)}</td>
        <td data-label="Took">${attempt.tookMs.toLocaleString('en')} ms</td></tr>`)}</tbody></table></div>`}`;
  }
}
