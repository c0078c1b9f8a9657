/** A change that a page asks for: one at a time, and none while the page shows what may not be so any more. */
import * as api from '../api.js';
import {newId} from './verbs.js';

/**
 * Carries out a change for a page, which has the fields `sending` and `failure`.
 *
 * @param unanswered what the page says when the answer did not arrive
 * @param send throws what the server refuses
 */
export async function change(page, unanswered, send) {
  if (page.sending || page.app.isStale()) {
    return;
  }
  page.sending = true;
  page.failure = null;
  page.app.draw();
  try {
    await send();
  } catch (e) {
    page.failure = e instanceof api.Problem ? e.message : unanswered;
  }
  page.sending = false;
  page.app.draw();
  page.app.reload();
}

/**
 * Asks for a change with the page's `reason`. A repeat after a lost answer is the same request: it has the same id.
 *
 * @param path of the REST resource
 * @param fields further ones of the body
 */
export function request(page, path, verb, word, fields = {}) {
  return change(page, 'The answer did not arrive. It is safe to send the same request again.', async () => {
    const wanted = `${verb}\n${page.reason}`;
    if (page.asked?.wanted !== wanted) {
      page.asked = {wanted, controlId: newId()};
    }
    const reason = page.reason.trim();
    try {
      await api.text(path, {method: 'POST', body: JSON.stringify({...(reason ? {reason} : {}), ...fields, controlId: page.asked.controlId})});
    } catch (e) {
      if (e instanceof api.Problem && e.status < 500) {
        page.asked = null;
      }
      throw e;
    }
    page.asked = null;
    page.reason = '';
    page.app.announce(`${word}: done.`);
  });
}
