/** The form in which a dead letter is edited and sent again, with the decoder's verdict while typing. */
import {html} from '../lib/lit-html/lit-html.js';
import {live} from '../lib/lit-html/directives/live.js';
import * as api from '../api.js';
import {letterApi, lineDiff, record, resendBody, resendCli, resendCurl, resendRefused, verdict} from '../model/resend.js';
import {visible} from '../model/text.js';
import {commandBlock} from './bits.js';

const TYPING_MS = 250;
const PREVIEW_WITHIN_MS = 10_000;

export class ResendForm {
  constructor(app, letter, onDone) {
    Object.assign(this, {app, letter, onDone});
    this.original = letter.value ?? '';
    this.value = this.original;
    this.reason = '';
    this.asked = null;
    this.answer = null;
    this.ask(0);
  }

  /** Why the value can only be sent as it is; empty when it can be edited. */
  get fixed() {
    if (typeof this.letter.value !== 'string') {
      return ' (hidden from you; it can only be sent as it is, or be revealed first)';
    }
    // Bytes that are not text would be changed by showing them as text.
    return this.letter.valueBase64 ? ' (bytes that are not text; it can only be sent as it is)' : '';
  }

  edit() {
    return {id: this.letter.id, original: this.original, value: this.value, reason: this.reason.trim()};
  }

  set(name, value) {
    this[name] = value;
    this.ask(TYPING_MS);
    this.app.draw();
  }

  /** Asks what the decoder would say, without sending anything. */
  ask(wait) {
    const asked = this.value;
    if (asked === this.asked) {
      return;
    }
    this.asked = asked;
    this.answer = null;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.preview(asked), wait);
  }

  async preview(asked) {
    let answer;
    try {
      answer = await this.post('?dryRun=true', AbortSignal.timeout(PREVIEW_WITHIN_MS));
    } catch (e) {
      answer = {refusal: e instanceof api.Problem ? e.message : 'The decoder could not be asked; sending asks it again.'};
    }
    // A slow answer about an earlier text says nothing about this one.
    if (asked === this.asked) {
      this.answer = answer;
      this.app.draw();
    }
  }

  post(query, signal) {
    return api.json(`${letterApi(this.letter.id, '/resend')}${query}`, {method: 'POST', signal, body: resendBody(this.edit())});
  }

  missing() {
    if (this.value !== this.original && !this.reason.trim()) {
      return 'Write the reason; it is kept with the record.';
    }
    if (this.app.isStale()) {
      return 'The connection is lost. Nothing is sent until it is back.';
    }
    return this.answer?.verdict?.accepted ? '' : 'Nothing is sent that would not be understood.';
  }

  async send() {
    if (this.missing() || this.sending) {
      return;
    }
    this.sending = true;
    this.failure = '';
    this.app.draw();
    try {
      const sent = await this.post('', undefined);
      this.onDone(`Sent to ${sent.topic}, partition ${sent.partition}, offset ${sent.offset}. If it fails again, the new dead letter says that it came from this one.`);
    } catch (e) {
      this.failure = e instanceof api.Problem ? e.message : 'The answer did not arrive. Sending it again is safe for starts, controls and registrations; for an answer, look at the flow first.';
    } finally {
      this.sending = false;
      this.app.draw();
    }
  }

  view() {
    const edited = this.value !== this.original;
    const said = verdict(this.answer);
    const missing = this.missing();
    const edit = this.edit();
    const kafka = record({letter: this.letter, topic: this.answer?.topic, value: this.fixed ? null : this.value});
    return html`<form class="resend" @submit=${(event) => { event.preventDefault(); this.send(); }}>
      <label>Value${this.fixed}
        <textarea rows="8" spellcheck="false" ?readonly=${this.fixed !== ''} .value=${live(this.value)}
          @input=${(event) => this.set('value', event.target.value)}></textarea></label>
      ${edited ? html`<pre class="block diff" tabindex="0" aria-label="What the edit changes">${lineDiff(this.original, this.value).map((line) => `${line.sign} ${visible(line.text)}\n`)}</pre>` : ''}
      <label>Reason${edited ? '' : ' (optional)'}
        <input maxlength="500" autocomplete="off" .value=${live(this.reason)} @input=${(event) => this.set('reason', event.target.value)}></label>
      <p class=${said.good ? 'note' : 'failure'} role="status">${this.answer ? visible(said.text) : 'The decoder is being asked…'}</p>
      ${this.failure ? html`<p class="failure" role="alert">${visible(this.failure)}</p>` : ''}
      <p class="missing">${missing}</p>
      <div class="buttons"><button type="submit" class="primary" ?disabled=${missing !== '' || this.sending}>${this.sending ? 'Sending…' : 'Send 1 record again'}</button></div>
      <details><summary>As a command</summary>
        <h3>Command line</h3>${resendRefused(edit) ? html`<p class="note">${resendRefused(edit)}</p>` : commandBlock(resendCli(edit), this.app)}
        <h3>curl</h3>${commandBlock(resendCurl({...edit, withKey: api.hasKey(), url: api.urlOf(letterApi(this.letter.id, '/resend')).href}), this.app)}
        <h3>Kafka</h3>${kafka.refused ? html`<p class="note">${kafka.refused}</p>` : commandBlock(kafka.command, this.app)}
      </details>
    </form>`;
  }
}
