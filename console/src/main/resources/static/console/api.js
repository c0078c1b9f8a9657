/** The orchestrator's REST API. The browser keeps the login in a cookie that no script can read. */

/** The root of the orchestrator, even behind a proxy that puts it below a path. */
export const ROOT = new URL('../', import.meta.url);

let keyed = false;

/** Ends the requests of this login when the person signs out: they would only be refused. */
let loggedIn = new AbortController();

/** A response that is a problem, with its text for people. */
export class Problem extends Error {
  constructor(status, detail, body) {
    super(detail);
    this.status = status;
    this.body = body;
  }

  /** Whether this orchestrator does not have the route, or has disabled it. */
  get isAbsent() {
    return this.status === 501 || this.status === 405 || (this.status === 404 && /no-such-path|unknown-verb/.test(this.body?.type ?? 'no-such-path'));
  }
}

/** No response at all. */
export class Lost extends Error {}

/** Whether this server asks callers for a key. */
export function hasKey() {
  return keyed;
}

/** How to log in here and who is logged in; null for an older orchestrator. */
export async function session() {
  const login = await jsonIfThere('api/session');
  keyed = login?.needed ?? false;
  return login;
}

export async function login(key) {
  return json('api/session', {method: 'POST', body: JSON.stringify({key: key.trim()})});
}

/** Ends what is still being read with a login that has ended. */
export function drop() {
  loggedIn.abort();
  loggedIn = new AbortController();
}

export async function logout() {
  drop();
  await text('api/session', {method: 'DELETE'});
}

export function urlOf(path) {
  return new URL(path, ROOT);
}

/** The text of a successful response; throws Problem or Lost. */
export async function text(path, {method = 'GET', body, signal, reveal = false} = {}) {
  const ended = AbortSignal.any(signal ? [signal, loggedIn.signal] : [loggedIn.signal]);
  let response;
  let answered;
  try {
    response = await fetch(urlOf(path), {
      method,
      body,
      signal: ended,
      cache: 'no-store',
      credentials: 'same-origin',
      headers: {
        Accept: 'application/json',
        ...(body === undefined ? {} : {'Content-Type': 'application/json'}),
        // A page of another site cannot send this one.
        'X-Doundo-Console': '1',
        ...(reveal ? {'X-Doundo-Reveal': 'true'} : {}),
      },
    });
    answered = await response.text();
  } catch (e) {
    if (ended.aborted) {
      throw e;
    }
    throw new Lost('Connection lost', {cause: e});
  }
  if (!response.ok) {
    let problem = {};
    try {
      problem = JSON.parse(answered);
    } catch {
      // A proxy may answer in its own format; the status is enough.
    }
    throw new Problem(response.status, problem.detail ?? `The server answered ${response.status}.`, problem);
  }
  return {text: answered, status: response.status};
}

/** The open response of a stream of events; throws Problem or Lost. */
export async function stream(path, signal) {
  let response;
  try {
    response = await fetch(urlOf(path), {
      signal,
      cache: 'no-store',
      credentials: 'same-origin',
      headers: {Accept: 'text/event-stream'},
    });
  } catch (e) {
    throw signal.aborted ? e : new Lost('Connection lost', {cause: e});
  }
  if (!response.ok || !response.headers.get('Content-Type')?.startsWith('text/event-stream')) {
    await response.body?.cancel();
    throw new Problem(response.status, `The live stream answered ${response.status}.`, {});
  }
  return response;
}

export async function json(path, options) {
  return JSON.parse((await text(path, options)).text);
}

/** The response, or null if this orchestrator does not have the route. */
export async function jsonIfThere(path, options) {
  try {
    return await json(path, options);
  } catch (e) {
    if (e instanceof Problem && e.isAbsent) {
      return null;
    }
    throw e;
  }
}
