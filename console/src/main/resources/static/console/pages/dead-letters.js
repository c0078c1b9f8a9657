/** The records that could not be processed, newest first, each with its reason. */
import {html} from '../lib/lit-html/lit-html.js';
import * as api from '../api.js';
import {pretty} from '../model/json.js';
import {count} from '../model/text.js';
import {ago} from '../model/time.js';
import {block, failed, id, loading, said, time} from '../parts/bits.js';

const LIMIT = 50;

export class DeadLettersPage {
  constructor(app, {cursor, letter}) {
    this.app = app;
    // Each response is read from the topic.
    this.every = 10_000;
    this.cursor = cursor;
    this.open = letter;
  }

  title() {
    return 'Dead letters';
  }

  async load(signal) {
    const query = new URLSearchParams({limit: LIMIT, ...(this.cursor ? {cursor: this.cursor} : {})});
    this.page = await api.json(`api/dead-letters?${query}`, {signal});
    if (this.open && this.whole?.id !== this.open) {
      this.whole = await api.json(`api/dead-letters/${encodeURIComponent(this.open)}`, {signal});
    }
    return {complete: this.page.complete, note: this.page.complete ? null : 'the dead letters could not all be read in time.'};
  }

  path(change) {
    const query = new URLSearchParams(Object.entries({cursor: this.cursor, letter: this.open, ...change}).filter(([, value]) => value));
    return `dead-letters${query.size > 0 ? `?${query}` : ''}`;
  }

  view() {
    return html`<h1>Dead letters</h1>${this.problem ? failed(this.problem) : ''}
      ${!this.page ? (this.problem ? '' : loading()) : html`${this.letter()}${this.list()}`}`;
  }

  list() {
    const letters = this.page.deadLetters;
    if (letters.length === 0) {
      return html`<p class="empty">${this.cursor ? 'There are no older ones.' : 'Everything was understood.'}</p>`;
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
      ${block(pretty(letter.value))}
      <p><a href=${this.app.href(this.path({letter: ''}))}>Close</a></p></section>`;
  }
}
