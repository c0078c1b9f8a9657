/** Who is logged in: the form, the name in the bar, and the way out. The key itself is never kept. */
import {html} from '../lib/lit-html/lit-html.js';
import * as api from '../api.js';
import {visible} from '../model/text.js';

const RETURNED = {
  failed: 'The login at the provider failed; the orchestrator\u2019s log has the reason.',
  'no-role': 'You are logged in at the provider, but have no role here.',
  'too-many-groups': 'You belong to more groups than a session can hold: name another claim in doundo.api.oauth2.groups-claim.',
  'needs-tls': 'The browser will not keep a login without TLS.',
};

export class Login {
  constructor(app) {
    this.app = app;
    this.asked = false;
    this.problem = '';
    this.busy = false;
    this.state = null;
  }

  /** Asks the server who we are here, and asks the person if it knows nobody. Never fails. */
  async look() {
    try {
      this.state = await api.session();
      this.asked = this.state !== null && this.state.needed && !this.state.session;
      this.problem = this.asked ? this.state.ended ?? this.returned() : '';
    } catch {
      // The page that is read next shows what is wrong with the server or the connection.
    }
    if (this.app.at) {
      this.app.draw();
    }
  }

  /** What came of a login at the provider. */
  returned() {
    return RETURNED[new URLSearchParams(location.search).get('login')] ?? '';
  }

  /** A request was refused because nobody is logged in, or nobody any more. */
  async ask(reason) {
    const was = this.state?.session;
    this.app.hide();
    api.drop();
    this.asked = true;
    this.problem = was ? reason : '';
    await this.look();
    if (was && this.asked && !this.problem) {
      this.problem = reason;
      this.app.draw();
    }
    if (!this.asked) {
      this.app.reload();
    }
  }

  async enter(event) {
    event.preventDefault();
    if (this.busy) {
      return;
    }
    const field = document.getElementById('api-key');
    const key = field.value;
    this.busy = true;
    this.problem = '';
    this.app.draw();
    try {
      await api.login(key);
      await this.look();
    } catch (e) {
      this.problem = e.message;
    }
    this.busy = false;
    const still = document.getElementById('api-key');
    if (still) {
      still.value = '';
    }
    if (this.asked) {
      this.app.draw();
    } else {
      this.app.forget();
    }
  }

  async leave() {
    this.app.hide();
    try {
      await api.logout();
      await this.look();
    } catch (e) {
      this.app.announce(`You are still logged in: ${e.message}`);
    }
    this.app.forget();
  }

  /** The part in the bar. */
  who() {
    const session = this.state?.session;
    if (!session) {
      return '';
    }
    return html`<span class="who" id="who"><bdi>${visible(session.principal)}</bdi> (${session.role.toLowerCase()})</span>
      ${this.state.needed ? html`<button type="button" id="sign-out" @click=${() => this.leave()}>Sign out</button>` : ''}`;
  }

  /** What a person should know while logged in. */
  banner() {
    return this.state?.session && this.state.warning ? html`<p class="failure">${this.state.warning}</p>` : '';
  }

  /** Whether this login reads more than the tasks that are for it. */
  mayRead() {
    return this.state?.session?.role !== 'TASKS';
  }

  /** The address of a trace; null where none is configured. */
  traceUrl(traceId) {
    const url = this.state?.session?.traceUrl;
    return url && traceId ? url.replaceAll('{traceId}', encodeURIComponent(traceId)) : null;
  }

  /** Whether answers leave out payloads. */
  hides() {
    return (this.state?.session?.payloads ?? 'shown') !== 'shown';
  }

  /**
   * What stands in the place of a payload.
   *
   * @param reveal reads it once; null where that is not offered
   */
  hidden(reveal) {
    return this.state?.session?.payloads === 'on-demand' && reveal
      ? html`<p class="note">Payloads are hidden until you ask for them; that you did is recorded. <button type="button" id="reveal" @click=${reveal}>Reveal</button></p>`
      : html`<p class="empty">Payloads are hidden from your role.</p>`;
  }

  form() {
    return html`<form class="key" @submit=${(event) => this.enter(event)}><h1>Log in</h1>
      ${this.problem ? html`<p class="failure" role="alert">${visible(this.problem)}</p>` : ''}
      ${this.state?.warning && this.state.warning !== this.problem ? html`<p class="failure">${visible(this.state.warning)}</p>` : ''}
      <p>The key opens a session of eight hours in this browser. The key itself is not kept.</p>
      <label>API key <input id="api-key" type="password" autocomplete="off" required></label>
      <div class="buttons"><button class="primary" ?disabled=${this.busy}>${this.busy ? 'Logging in…' : 'Log in'}</button></div>
      ${this.state?.oidc ? html`<p><a id="oidc" data-out href=${this.app.href(this.state.oidc)}>Log in with single sign-on</a></p>` : ''}
    </form>`;
  }
}
