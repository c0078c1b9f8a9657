/** The client library against a small server: what it sends, and how it deals with conflicts and lost answers. */

import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {afterEach, beforeEach, test} from 'node:test';
import {OrchestrationClient, Unreachable} from '../../main/resources/static/plan-approval-client.js';

let server;
let client;
let asked;
let answers;

const CHECK = 'GET /api/drafts/d1/check-conflict';
const SUBMIT = 'POST /api/plans/d1/submit';
const RESUBMIT = 'POST /api/drafts/d1/resubmit';

const ok = (data, status = 200) => [status, {success: true, data}];
const refused = (status, error, data) => [status, {success: false, error, message: 'A sentence.', data}];

beforeEach(async () => {
  asked = [];
  answers = new Map();
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => { body += part; });
    request.on('end', () => {
      const name = `${request.method} ${request.url}`;
      asked.push({name, key: request.headers['x-api-key'], body: body === '' ? undefined : JSON.parse(body)});
      const [status, answer] = answers.get(name)?.shift() ?? [500, {}];
      if (status === 0) {
        request.socket.destroy();
        return;
      }
      response.writeHead(status, {'Content-Type': 'application/json'});
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  client = new OrchestrationClient(`http://127.0.0.1:${server.address().port}/api/`, 'key-1', {pauseMs: 1});
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const names = () => asked.map((one) => one.name);

test('a draft without a conflict is submitted, with the key and the person', async () => {
  answers.set(CHECK, [ok({hasConflict: false, conflictType: 'none', revision: 4})]);
  answers.set(SUBMIT, [ok({processInstanceId: 'p1', status: 'pending_approval'}, 202)]);

  const answer = await client.submitPlanWithConflictHandling('d1', 'ben');

  assert.deepEqual(answer, {success: true, processId: 'p1', autoMerged: false, message: 'Submitted'});
  assert.deepEqual(asked[1], {name: SUBMIT, key: 'key-1', body: {userId: 'ben', revision: 4}});
});

test('a conflict in other fields is merged and submitted', async () => {
  answers.set(CHECK, [ok({hasConflict: true, conflictType: 'version_mismatch'})]);
  answers.set(RESUBMIT, [ok({processInstanceId: 'p2', autoMerged: true}, 202)]);

  const answer = await client.submitPlanWithConflictHandling('d1', 'ben');

  assert.equal(answer.success, true);
  assert.equal(answer.processId, 'p2');
  assert.equal(answer.autoMerged, true);
  assert.deepEqual(names(), [CHECK, RESUBMIT]);
});

test('a conflict in the same field is given back to a person', async () => {
  const conflicts = [{path: 'name', base: 'Gold', draft: 'Gold A', current: 'Gold B'}];
  answers.set(CHECK, [ok({hasConflict: true, conflictType: 'version_mismatch'})]);
  answers.set(RESUBMIT, [refused(409, 'manual_merge_required', {conflicts})]);

  const answer = await client.submitPlanWithConflictHandling('d1', 'ben');

  assert.equal(answer.success, false);
  assert.equal(answer.requiresManualMerge, true);
  assert.deepEqual(answer.conflictDetails.conflicts, conflicts);
});

test('when somebody publishes between check and submit, it checks again and merges', async () => {
  answers.set(CHECK, [ok({hasConflict: false}), ok({hasConflict: true})]);
  answers.set(SUBMIT, [refused(409, 'version_conflict', {draftVersion: '1', currentVersion: '2'})]);
  answers.set(RESUBMIT, [ok({processInstanceId: 'p3', autoMerged: true}, 202)]);

  const answer = await client.submitPlanWithConflictHandling('d1', 'ben');

  assert.equal(answer.processId, 'p3');
  assert.deepEqual(names(), [CHECK, SUBMIT, CHECK, RESUBMIT]);
});

test('a plan that moves each time does not keep it for ever', async () => {
  answers.set(CHECK, Array.from({length: 9}, () => ok({hasConflict: true})));
  answers.set(RESUBMIT, Array.from({length: 9}, () => refused(409, 'version_conflict')));

  const answer = await client.submitPlanWithConflictHandling('d1', 'ben');

  assert.equal(answer.success, false);
  assert.equal(answer.error, 'version_conflict');
  assert.equal(names().filter((name) => name === RESUBMIT).length, 5);
});

test('any other refusal comes back as it is, and nothing is submitted after it', async () => {
  answers.set(CHECK, [refused(404, 'draft_not_found')]);

  const answer = await client.submitPlanWithConflictHandling('d1', 'ben');

  assert.deepEqual(answer, {success: false, error: 'draft_not_found', message: 'A sentence.', status: 404});
  assert.deepEqual(names(), [CHECK]);
});

test('a submit whose answer is lost is sent again', async () => {
  answers.set(CHECK, [ok({hasConflict: false, revision: 4})]);
  answers.set(SUBMIT, [[0], ok({processInstanceId: 'p1'}, 202)]);

  const answer = await client.submitPlanWithConflictHandling('d1', 'ben');

  assert.equal(answer.processId, 'p1');
  assert.deepEqual(names(), [CHECK, SUBMIT, SUBMIT]);
});

test('a submit that names no revision is not sent again, because it could submit a decided draft anew', async () => {
  answers.set(SUBMIT, [[0], ok({processInstanceId: 'p1'}, 202)]);

  await assert.rejects(client.submitPlan('d1', 'ben'), Unreachable);

  assert.deepEqual(asked.map((one) => one.body), [{userId: 'ben'}]);
});

test('a decision whose answer is lost is not sent again', async () => {
  answers.set('POST /api/tasks/t%2F1/complete', [[0], ok({result: 'approved'})]);

  await assert.rejects(client.completeTask('t/1', 'ann', true), Unreachable);

  assert.equal(asked.length, 1);
});

test('a service that never answers is reported after three attempts', async () => {
  answers.set(CHECK, [[0], [0], [0], ok({})]);

  await assert.rejects(client.checkConflict('d1'), /did not answer/);

  assert.equal(asked.length, 3);
});

test('an answer of another server is not taken for one of this', async () => {
  answers.set('GET /api/plans/p1', [[502, {title: 'Bad gateway'}], [502, []], [502, null]]);

  await assert.rejects(client.getPlan('p1'), {name: 'Unreachable', message: /HTTP status 502/});
});

test('a decision has the comment only if there is one', async () => {
  const complete = 'POST /api/tasks/t1/complete';
  answers.set(complete, [ok({result: 'approved'}), ok({result: 'rejected'}), ok({result: 'resolved'}), ok({result: 'withdrawn'})]);

  await client.completeTask('t1', 'ann', true);
  await client.completeTask('t1', 'ann', false, 'too dear');
  await client.resolveTask('t1', 'ben', [{path: 'name', choose: 'draft'}]);
  await client.withdraw('t1', 'ben');

  assert.deepEqual(asked.map((one) => one.body), [
    {userId: 'ann', approved: true},
    {userId: 'ann', approved: false, comments: 'too dear'},
    {userId: 'ben', resolutions: [{path: 'name', choose: 'draft'}]},
    {userId: 'ben', withdraw: true},
  ]);
});

test('a conflict is resolved with what a person has chosen', async () => {
  answers.set(RESUBMIT, [ok({processInstanceId: 'p1'}, 202), ok({processInstanceId: 'p2'}, 202)]);

  await client.resubmitDraft('d1', 'ben', {resolutions: [{path: 'name', choose: 'draft'}], revision: 4});
  await client.resubmitDraft('d1', 'ben', {recreate: true});

  assert.deepEqual(asked.map((one) => one.body), [
    {userId: 'ben', revision: 4, resolutions: [{path: 'name', choose: 'draft'}]},
    {userId: 'ben', resolutions: [], recreate: true},
  ]);
});

test('an id cannot leave its place in the address', async () => {
  answers.set('GET /api/plans/a%2F..%3Fb', [ok({})]);

  await client.getPlan('a/..?b');

  assert.deepEqual(names(), ['GET /api/plans/a%2F..%3Fb']);
  assert.throws(() => client.getPlan('..'), TypeError);
  assert.throws(() => client.getPlan(''), TypeError);
});

test('a query has only what is given', async () => {
  answers.set('GET /api/drafts', [ok([])]);
  answers.set('GET /api/tasks?userId=ann+%26co', [ok([])]);

  await client.getDrafts();
  await client.getPendingTasks('ann &co');

  assert.deepEqual(names(), ['GET /api/drafts', 'GET /api/tasks?userId=ann+%26co']);
});
