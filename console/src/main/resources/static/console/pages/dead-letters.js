/** The records that could not be processed, newest first, each with its reason. */
import {html} from '../lib/lit-html/lit-html.js';
import * as api from '../api.js';
import {pretty} from '../model/json.js';
import {letterQuery, markedAsWhole, seenBody, seenCli, seenCurl} from '../model/letters.js';
import {count, visible} from '../model/text.js';
import {ago} from '../model/time.js';
import {deadLettersPath} from '../model/url.js';
import {block, commandBlock, failed, id, loading, said, time} from '../parts/bits.js';
import {BulkResendDialog} from '../parts/bulk.js';
import {change} from '../parts/change.js';
import {ResendForm} from '../parts/resend.js';

const LIMIT = 50;

/** Groups are made of the whole topic. */
const GROUPS_EVERY_MS = 60_000;
const GROUPS_WITHIN_MS = 30_000;
const SEEN = [['', 'seen or not'], ['false', 'not seen'], ['true', 'seen']];

export class DeadLettersPage {
  constructor(app, {cursor, letter, ...filter}) {
    this.app = app;
    // Each response is read from the topic.
    this.every = 10_000;
    this.cursor = cursor;
    this.open = letter;
    const {topic, reason, flow, fingerprint, seen} = filter;
    this.filter = Object.fromEntries(Object.entries({topic, reason, flow, fingerprint, seen}).filter(([, value]) => value));
    this.groupsAt = 0;
  }

  title() {
    return 'Dead letters';
  }

  async load(signal) {
    const query = letterQuery(this.filter, {limit: LIMIT, ...(this.cursor ? {cursor: this.cursor} : {})});
    this.page = await api.json(`api/dead-letters?${query}`, {signal});
    this.loadGroups();
    if (this.open && this.whole?.id !== this.open) {
      this.whole = await api.json(`api/dead-letters/${encodeURIComponent(this.open)}`, {signal});
    }
    return {complete: this.page.complete, note: this.page.complete ? null : 'the dead letters could not all be read in time.'};
  }

  /**
   * Asks for the groups if there are any: an older orchestrator does not say to which group a dead letter
   * belongs. The page does not wait for them, and does without them if they cannot be read.
   */
  async loadGroups() {
    const areThere = this.page.deadLetters.some((letter) => letter.fingerprint);
    if (!areThere || this.cursor || Date.now() - this.groupsAt < GROUPS_EVERY_MS) {
      return;
    }
    this.groupsAt = Date.now();
    this.groupsFailed = '';
    try {
      this.groups = await api.json(`api/dead-letters/groups?${letterQuery(this.filter)}`, {signal: AbortSignal.timeout(GROUPS_WITHIN_MS)});
    } catch (e) {
      this.groups = null;
      this.groupsFailed = e instanceof api.Problem ? e.message : 'The groups could not be read in time.';
    }
    if (this.app.page === this) {
      this.app.draw();
    }
  }

  path(change) {
    return deadLettersPath({...this.filter, cursor: this.cursor, letter: this.open, ...change});
  }

  /** Marks some, or a group, as seen or takes the mark back. */
  mark(request) {
    return change(this, 'The answer did not arrive. Marking them again is safe.', async () => {
      await api.text('api/dead-letters/seen', {method: 'POST', body: seenBody(request)});
      this.app.announce(request.seen ? 'Marked as seen.' : 'The mark is taken back.');
      this.groupsAt = 0;
      this.whole = null;
    });
  }

  view() {
    return html`<h1>Dead letters</h1>${this.problem ? failed(this.problem) : ''}
      ${!this.page ? (this.problem ? '' : loading()) : html`${this.filters()}${
        this.failure ? html`<p class="failure" role="alert">${visible(this.failure)}</p>` : ''}${this.letter()}${this.open ? '' : this.group()}${this.list()}`}`;
  }

  /** One line of filters; each change is a URL of its own. */
  filters() {
    const field = (name, label) => html`<label>${label} <input name=${name} autocomplete="off" .value=${this.filter[name] ?? ''}></label>`;
    return html`<form class="filters" @submit=${(event) => {
      event.preventDefault();
      const given = Object.fromEntries(new FormData(event.target));
      this.app.go(this.path({topic: '', reason: '', flow: '', seen: '', ...given, cursor: '', letter: ''}));
    }}>${field('reason', 'Reason')}${field('topic', 'From topic')}${field('flow', 'Flow')}
      ${this.groups ? html`<label>Seen <select name="seen">${SEEN.map(([value, word]) => html`<option value=${value} ?selected=${value === (this.filter.seen ?? '')}>${word}</option>`)}</select></label>` : ''}<button>Filter</button></form>`;
  }

  /** The groups, or the one that is chosen with what can be done for all of it. */
  group() {
    if (!this.groups || this.groups.groups.length === 0) {
      return this.groupsFailed ? html`<p class="note">${visible(this.groupsFailed)}</p>` : '';
    }
    const {groups, upTo, complete} = this.groups;
    const note = complete ? '' : html`<p class="note">Reading all dead letters would have taken too long: the counts may be too low, and marking a group marks only what was read.</p>`;
    if (!this.filter.fingerprint) {
      return html`<h2>${count(groups.length, 'group')}</h2>${note}<div class="table"><table class="cards"><thead><tr><th>Reason</th><th>From</th><th>Dead letters</th><th>First, last</th></tr></thead><tbody>
        ${groups.map((group) => html`<tr data-row><td><a data-open href=${this.app.href(deadLettersPath({fingerprint: group.fingerprint}))}>${said(group.template, 240)}</a></td>
          <td data-label="From">${said(group.topic, 80)}</td>
          <td data-label="Dead letters"><strong>${group.count.toLocaleString('en')}</strong><small>${group.unseen === 0 ? 'all seen' : `${group.unseen.toLocaleString('en')} not seen`}</small></td>
          <td data-label="First, last">${ago(group.firstAt, Date.now())}<small>${ago(group.lastAt, Date.now())}</small></td></tr>`)}</tbody></table></div><h2>One by one</h2>`;
    }
    const group = groups.find((one) => one.fingerprint === this.filter.fingerprint);
    if (!group) {
      return html`<p><a href=${this.app.href(this.path({fingerprint: ''}))}>All groups</a></p>`;
    }
    const request = {fingerprint: group.fingerprint, upTo, seen: group.unseen > 0};
    const many = count(request.seen ? group.unseen : group.count, 'dead letter');
    // A group is marked as a whole; with a further filter the figures are those of a part.
    const isWhole = markedAsWhole(this.filter);
    return html`<section class="why"><h2>${count(group.count, 'dead letter')} with one reason</h2>
      <p class="headline">${said(group.template, 1000)}</p>
      <p>${id(group.fingerprint, this.app)} · from ${said(group.topic, 120)} · first ${time(group.firstAt, this.app)}, last ${time(group.lastAt, this.app)} · ${
        group.unseen === 0 ? 'all seen' : `${group.unseen.toLocaleString('en')} not seen`} · ${
        isWhole ? '' : html`<a href=${this.app.href(deadLettersPath({fingerprint: group.fingerprint}))}>The whole group</a> · `}<a href=${this.app.href(this.path({fingerprint: ''}))}>All groups</a></p>
      ${note}<p class="buttons"><button type="button" class="primary" data-bulk="resend" @click=${() => this.resend(group)}>Send ${count(group.count, 'dead letter')} again…</button>
        ${isWhole ? html`<button type="button" data-seen ?disabled=${this.sending || this.app.isStale()} @click=${() => this.mark(request)}>${request.seen ? `Mark ${many} as seen` : `Mark ${many} as not seen`}</button>` : ''}</p>
      ${isWhole ? this.seenCommands(request) : ''}</section>`;
  }

  seenCommands(request) {
    return html`<details class="commands"><summary>Marking as a command</summary>${commandBlock(seenCli(request), this.app)}${
      commandBlock(seenCurl(request, {url: api.urlOf('api/dead-letters/seen').href, withKey: api.hasKey()}), this.app)}</details>`;
  }

  resend(group) {
    new BulkResendDialog(this.app, {filter: this.filter, letters: group.count}).open();
  }

  list() {
    const letters = this.page.deadLetters;
    if (letters.length === 0) {
      return html`<p class="empty">${this.cursor ? 'There are no older ones.' : Object.keys(this.filter).length > 0 ? 'No dead letter matches.' : 'Everything was understood.'}</p>`;
    }
    return html`<div class="table"><table class="cards"><thead><tr><th>When</th><th>From</th><th>Key</th><th>Reason</th></tr></thead><tbody>
      ${letters.map((letter) => html`<tr data-row class=${letter.id === this.open ? 'chosen' : ''}>
        <td><a data-open data-letter href=${this.app.href(this.path({letter: letter.id}))}>${ago(letter.timestamp, Date.now())}</a></td>
        <td data-label="From">${said(letter.topic, 80)}<small>partition ${letter.partition}, offset ${letter.offset}</small></td>
        <td data-label="Key">${letter.key ? said(letter.key, 60) : ''}</td>
        <td data-label="Reason">${said(letter.reason, 400)}${letter.seen ? html`<small>seen${letter.seenBy ? html` by ${said(letter.seenBy, 60)}` : ''}</small>` : ''}</td></tr>`)}</tbody></table></div>
      <p class="pages">${count(letters.length, 'dead letter')}
        ${this.cursor ? html`<a href=${this.app.href(this.path({cursor: '', letter: ''}))}>Newest</a>` : ''}
        ${this.page.nextCursor ? html`<a rel="next" href=${this.app.href(this.path({cursor: this.page.nextCursor, letter: ''}))}>Older</a>` : ''}</p>`;
  }

  letter() {
    const letter = this.whole;
    if (!letter || letter.id !== this.open) {
      return '';
    }
    return html`<section class="letter"><h2>${id(letter.id, this.app)}</h2>
      <p class="headline">${said(letter.reason, 2000)}</p>
      <p>${said(letter.topic, 120)}, partition ${letter.partition}, offset ${letter.offset} · ${time(letter.timestamp, this.app)}${letter.key ? html` · key ${id(letter.key, this.app)}` : ''}
        · ${count(letter.valueBytes, 'byte')}${letter.truncated ? ', not all of it is kept or shown' : ''}</p>
      ${letter.resentFrom ? html`<p class="note">It failed again: it was sent from dead letter <a href=${this.app.href(this.path({letter: letter.resentFrom}))}>${letter.resentFrom}</a>.</p>` : ''}
      ${letter.headers.length > 0 ? html`<details><summary>${count(letter.headers.length, 'record header')}</summary><dl class="headers">${letter.headers.map((header) => html`<dt>${said(header.name, 120)}</dt><dd>${header.value === undefined ? 'hidden' : said(header.value, 1000)}</dd>`)}</dl></details>` : ''}
      ${this.sent?.id === letter.id ? html`<p class="note" role="status">${this.sent.text}</p>` : ''}
      ${this.form?.letter.id === letter.id ? this.form.view() : html`${letter.value === undefined ? this.app.login.hidden(null) : block(pretty(letter.value))}
      <p class="buttons"><button type="button" data-resend @click=${() => this.edit(letter)}>Edit &amp; send again…</button>
        ${this.groups ? html`<button type="button" data-seen ?disabled=${this.sending || this.app.isStale()} @click=${() => this.mark({ids: [letter.id], seen: !letter.seen})}>${letter.seen ? 'Mark as not seen' : 'Mark as seen'}</button>` : ''}</p>
      ${this.groups ? this.seenCommands({ids: [letter.id], seen: !letter.seen}) : ''}`}
      <p><a href=${this.app.href(this.path({letter: ''}))}>Close</a></p></section>`;
  }

  edit(letter) {
    this.sent = null;
    this.form = new ResendForm(this.app, letter, (text) => {
      this.form = null;
      this.sent = {id: letter.id, text};
      this.app.announce(text);
    });
    this.app.draw();
  }
}
