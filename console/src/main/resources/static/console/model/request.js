/** What an open dialog sends, and under which id. */

/** The verbs that touch many steps at once: what was shown must be what happens. */
const SHOWN_MUST_HOLD = new Set(['undo', 'cancel']);

/**
 * The request to send now. A request whose answer did not arrive is sent again as it was, with its
 * id, so that it happens once; every other one has a new id, as the orchestrator answers a known id
 * with the outcome of the request that had it first.
 * @param last what was sent before, as decided() left it; null for the first
 * @param wanted {step, payload, reason, expect}
 */
export function nextRequest(last, wanted, newId) {
  const same = last !== null && ['step', 'payload', 'reason'].every((name) => last[name] === wanted[name]);
  return same ? last : {...wanted, controlId: newId()};
}

/**
 * What to keep of a request after a problem: nothing once it is decided. An answer of 500 and above
 * says nothing about what became of it, as no answer does.
 * @param status of the answer; undefined when none arrived
 */
export function decided(request, status) {
  return status === undefined || status >= 500 ? request : null;
}

/**
 * What must still hold when the request is applied.
 * @param seen the transition that a settled flow had when the dialog was opened
 * @param would the preview that is shown
 */
export function expectation(verb, seen, would) {
  const transition = SHOWN_MUST_HOLD.has(verb) ? would?.transition ?? seen : seen;
  return transition === undefined ? undefined : {transition};
}

/** Whether the verb is not sent before its preview is known. */
export function needsPreview(verb) {
  return SHOWN_MUST_HOLD.has(verb);
}

/** Whether a key press means to send: neither a held key, nor the press that opened the dialog, nor one for an input method. */
export function sends(event, openedAt) {
  return event.key === 'Enter' && !event.repeat && !event.isComposing && event.timeStamp > openedAt;
}

/**
 * The entry of each verb: the allowed one of the step that the flow is at, else the first allowed,
 * else the first refusal; null when nobody knows.
 */
export function verbTable(verbs, openName) {
  const list = Array.isArray(verbs) ? verbs : verbs?.verbs;
  if (!Array.isArray(list)) {
    return null;
  }
  const rank = (entry) => (!entry.allowed ? 0 : openName !== undefined && entry.step === openName ? 2 : 1);
  const table = new Map();
  for (const entry of list) {
    const verb = String(entry.verb).toLowerCase();
    if (!table.has(verb) || rank(entry) > rank(table.get(verb))) {
      table.set(verb, entry);
    }
  }
  return table;
}
