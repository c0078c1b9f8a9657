/** The records that could not be processed, newest first, each with its reason. */
import {html} from '../lib/lit-html/lit-html.js';
import * as api from '../api.js';
import {pretty} from '../model/json.js';
import {count} from '../model/text.js';
import {ago} from '../model/time.js';
import {block, failed, id, loading, said, time} from '../parts/bits.js';
import {ResendForm} from '../parts/resend.js';

const LIMIT = 50;

export class DeadLettersPage {
  constructor(app, {cursor, letter, topic, reason, flow}) {
    this.app = app;
    // Each response is read from the topic.
    this.every = 10_000;
    this.cursor = cursor;
    this.open = letter;
    this.filter = Object.fromEntries(Object.entries({topic, reason, flow}).filter(([, value]) => value));
  }

  title() {
    return 'Dead letters';
  }

  async load(signal) {
    const {flow, ...filter} = this.filter;
    const query = new URLSearchParams({limit: LIMIT, ...filter, ...(flow ? {flowId: flow} : {}), ...(this.cursor ? {cursor: this.cursor} : {})});
    this.page = await api.json(`api/dead-letters?${query}`, {signal});
    if (this.open && this.whole?.id !== this.open) {
      this.whole = await api.json(`api/dead-letters/${encodeURIComponent(this.open)}`, {signal});
    }
    return {complete: this.page.complete, note: this.page.complete ? null : 'the dead letters could not all be read in time.'};
  }

  path(change) {
    const query = new URLSearchParams(Object.entries({...this.filter, cursor: this.cursor, letter: this.open, ...change}).filter(([, value]) => value));
    return `dead-letters${query.size > 0 ? `?${query}` : ''}`;
  }

  view() {
    return html`<h1>Dead letters</h1>${this.problem ? failed(this.problem) : ''}
      ${!this.page ? (this.problem ? '' : loading()) : html`${this.filters()}${this.letter()}${this.list()}`}`;
  }

  /** One line of filters; each change is a URL of its own. */
  filters() {
    const field = (name, label) => html`<label>${label} <input name=${name} autocomplete="off" .value=${this.filter[name] ?? ''}></label>`;
    return html`<form class="filters" @submit=${(event) => {
      event.preventDefault();
      const given = Object.fromEntries(new FormData(event.target));
      this.app.go(this.path({topic: '', reason: '', flow: '', ...given, cursor: '', letter: ''}));
    }}>${field('reason', 'Reason')}${field('topic', 'From topic')}${field('flow', 'Flow')}<button>Filter</button></form>`;
  }

  list() {
    const letters = this.page.deadLetters;
    if (letters.length === 0) {
      return html`<p class="empty">${this.cursor ? 'There are no older ones.' : Object.keys(this.filter).length > 0 ? 'No dead letter matches.' : 'Everything was understood.'}</p>`;
    }
    return html`<div class="table"><table class="cards"><thead><tr><th>When</th><th>From</th><th>Key</th><th>Reason</th></tr></thead><tbody>
      ${letters.map((letter) => html`<tr data-row class=${letter.id === this.open ? 'chosen' : ''}>
        <td><a data-open href=${this.app.href(this.path({letter: letter.id}))}>${ago(letter.timestamp, Date.now())}</a></td>
        <td data-label="From">${said(letter.topic, 80)}<small>partition ${letter.partition}, offset ${letter.offset}</small></td>
        <td data-label="Key">${letter.key ? said(letter.key, 60) : ''}</td>
        <td data-label="Reason">${said(letter.reason, 400)}</td></tr>`)}</tbody></table></div>
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
      <p><button type="button" data-resend @click=${() => this.edit(letter)}>Edit &amp; send again…</button></p>`}
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
