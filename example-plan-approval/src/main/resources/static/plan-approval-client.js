/**
 * Client of the plan approval API: an ES module without dependencies, for browsers and Node.js 18 or newer.
 *
 * Every call resolves to the answer of the service, also when it refuses: {success: true, data} or
 * {success: false, error, message, data}, with the HTTP status as `status`. It rejects with an Unreachable only when no
 * answer came that can be read. Calls that read, and submitPlan with a revision, are then tried again: they change
 * nothing twice. Do not repeat any other call blindly; read the state first.
 */

const ATTEMPTS = 3;
const PAUSE_MS = 250;
const TIMEOUT_MS = 20_000;

/** How often others may publish between check and submit before submitPlanWithConflictHandling gives the conflict back. */
const MOST_ROUNDS = 5;

/** No answer came, or one that is not of this service: it is not known whether the call had an effect. */
export class Unreachable extends Error {
  constructor(message, cause) {
    super(message, {cause});
    this.name = 'Unreachable';
  }
}

export class OrchestrationClient {
  /**
   * @param apiUrl with the path of the API, such as http://localhost:3000/api
   * @param options fetch: used in place of the global one; timeoutMs: limit of one request, 20 s by default; pauseMs:
   *     before a call is tried again, doubled each time, 250 ms by default
   */
  constructor(apiUrl, apiKey, {fetch = globalThis.fetch, timeoutMs = TIMEOUT_MS, pauseMs = PAUSE_MS} = {}) {
    this.apiUrl = String(apiUrl).replace(/\/+$/, '');
    this.apiKey = apiKey;
    this.fetch = (...request) => fetch(...request);
    this.timeoutMs = timeoutMs;
    this.pauseMs = pauseMs;
  }

  /**
   * Submits a draft for approval. When others have published the plan since the draft was begun, and have changed other
   * fields, the changes are merged first.
   *
   * @return {success: true, processId, autoMerged, message}; {success: false, requiresManualMerge: true, conflictDetails}
   *     when the same fields were changed: ask a person, then call resubmitDraft with the resolutions; or the refusal
   */
  async submitPlanWithConflictHandling(draftId, userId) {
    let answer;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const check = await this.checkConflict(draftId);
      if (!check.success) {
        return check;
      }
      const {hasConflict, revision} = check.data;
      answer = hasConflict ? await this.resubmitDraft(draftId, userId, {revision}) : await this.submitPlan(draftId, userId, revision);
      if (answer.success) {
        const autoMerged = Boolean(answer.data.autoMerged);
        return {
          success: true,
          processId: answer.data.processInstanceId,
          autoMerged,
          message: autoMerged ? 'Submitted after the changes were merged' : 'Submitted',
        };
      }
      if (answer.error === 'manual_merge_required') {
        return {...answer, requiresManualMerge: true, conflictDetails: answer.data};
      }
      if (answer.error !== 'version_conflict') {
        return answer;
      }
      // Somebody has published between the check and the submit.
    }
    return answer;
  }

  /**
   * Submits a draft: the same revision twice is one process. 409 version_conflict when the plan has moved since.
   *
   * @param revision of the draft that is meant, as getDraft and checkConflict return it; when the draft has been changed
   *     or decided since, 409 not_editable. Without it whatever there is is submitted, and the call is not tried again
   */
  submitPlan(draftId, userId, revision) {
    return this.call('POST', `plans/${segment(draftId)}/submit`, {userId, revision}, revision !== undefined);
  }

  /** What has changed in the published plan since the draft was begun, and which of it the draft changes as well. */
  checkConflict(draftId) {
    return this.call('GET', `drafts/${segment(draftId)}/check-conflict`);
  }

  /**
   * Merges a draft with the published plan and submits it, or gives it back to its approval that waits for this.
   *
   * @param options resolutions: one for each field in conflict, {path, choose: 'draft' | 'current'} or {path, value};
   *     recreate: whether a plan that was deleted meanwhile is published anew; revision: that of submitPlan
   */
  resubmitDraft(draftId, userId, {resolutions = [], recreate = false, revision} = {}) {
    return this.call('POST', `drafts/${segment(draftId)}/resubmit`, {userId, revision, ...resolved(resolutions, recreate)});
  }

  /**
   * Creates or changes a draft.
   *
   * @param draft planId, name, data, approvers, escalation; baseVersion: the published version that the author has seen
   *     and changed, without which the newest counts; with revision it is refused when the draft has been changed since
   */
  saveDraft(draftId, userId, draft) {
    return this.call('PUT', `drafts/${segment(draftId)}`, {...draft, userId});
  }

  getDraft(draftId) {
    return this.call('GET', `drafts/${segment(draftId)}`);
  }

  getDrafts(status) {
    return this.call('GET', `drafts${query({status})}`);
  }

  /** Where a draft and its plan are: in the drafts, in the approval, in the store of published plans. */
  getPlanStatus(id) {
    return this.call('GET', `plans/${segment(id)}/status`);
  }

  getPlan(planId) {
    return this.call('GET', `plans/${segment(planId)}`);
  }

  getPlans(identifier) {
    return this.call('GET', `plans${query({identifier})}`);
  }

  getPlanHistory(planId) {
    return this.call('GET', `plans/${segment(planId)}/history`);
  }

  /** The open tasks of a person: drafts to approve, and conflicts to resolve. */
  getPendingTasks(userId) {
    return this.call('GET', `tasks${query({userId})}`);
  }

  /** Approves or rejects. 409 version_conflict when the plan has moved since the task was made: a new task will follow. */
  completeTask(taskId, userId, approved, comments = '') {
    return this.call('POST', `tasks/${segment(taskId)}/complete`, {userId, approved, ...(comments && {comments})});
  }

  /** Completes a task of the kind `resolve`; resolutions and recreate are those of resubmitDraft. */
  resolveTask(taskId, userId, resolutions = [], recreate = false) {
    return this.call('POST', `tasks/${segment(taskId)}/complete`, {userId, ...resolved(resolutions, recreate)});
  }

  /** Completes a task of the kind `resolve` by taking the draft back. */
  withdraw(taskId, userId) {
    return this.call('POST', `tasks/${segment(taskId)}/complete`, {userId, withdraw: true});
  }

  /** The health of the service and its dependencies; success is false while one of them is down. */
  getHealth() {
    return this.call('GET', 'health');
  }

  /** One call. @param isRepeatable whether a second time changes nothing; reading always is */
  async call(method, path, body, isRepeatable = method === 'GET') {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.request(method, path, body);
      } catch (e) {
        if (!isRepeatable || attempt === ATTEMPTS) {
          throw e;
        }
        await new Promise((resolve) => setTimeout(resolve, this.pauseMs * 2 ** (attempt - 1)));
      }
    }
  }

  async request(method, path, body) {
    const headers = {'X-API-Key': this.apiKey, Accept: 'application/json'};
    if (body !== undefined) {
      headers['Content-Type'] = 'application/json';
    }
    let status = 0;
    try {
      const response = await this.fetch(`${this.apiUrl}/${path}`, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(this.timeoutMs),
        cache: 'no-store',
        credentials: 'omit',
      });
      status = response.status;
      const answer = await response.json();
      if (typeof answer?.success === 'boolean') {
        return {...answer, status};
      }
    } catch (e) {
      throw new Unreachable(status ? unreadable(status) : `the service at ${this.apiUrl} did not answer: ${e.message}`, e);
    }
    throw new Unreachable(unreadable(status));
  }
}

function unreadable(status) {
  return `HTTP status ${status} with an answer that is not of the plan approval service`;
}

function resolved(resolutions, recreate) {
  return {resolutions, ...(recreate && {recreate: true})};
}

function segment(text) {
  if (text === '' || text === undefined || text === null || text === '.' || text === '..') {
    throw new TypeError(`an id is needed, not "${text}"`);
  }
  return encodeURIComponent(text);
}

function query(parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}
