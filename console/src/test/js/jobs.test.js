import {assert, test} from './check.js';
import {bulkBody, bulkCurl} from '../../main/resources/static/console/model/command.js';
import {countRows, haltSentence, isDangerous, isMoving, isTyped, jobLook, jobSentence, jobTitle, remaining} from '../../main/resources/static/console/model/jobs.js';
import {Selection} from '../../main/resources/static/console/model/selection.js';

const JOB = {verb: 'RETRY', step: 'pay', state: 'RUNNING', matched: 1041, refused: 0, changed: 0, left: 0, perSecond: 20, outcome: {recovered: 0, trying: 0, parkedAgain: 0}};

test('a job says what became of its flows', () => {
  assert.equal(jobTitle(JOB), 'retry pay in 1,041 flows');
  assert.equal(jobTitle({...JOB, step: null, matched: 1, verb: 'UNDO'}), 'undo 1 flow');
  assert.equal(jobSentence({...JOB, refused: 2, changed: 3, left: 1000, outcome: {recovered: 30, trying: 5, parkedAgain: 1}}),
    '30 recovered, 5 still trying, 1 parked again, 2 refused, 3 had changed and were not touched, 1,000 left.');
  assert.equal(jobSentence(JOB), 'No flow matched.');
  assert.equal(remaining({...JOB, left: 41}), 2050);
  assert.deepEqual(countRows({a: 1, b: 3, c: 2}), [['b', 3], ['c', 2], ['a', 1]]);
  assert.equal(jobLook('NEW').word, 'NEW');
  assert.ok(isMoving(JOB) && isMoving({...JOB, state: 'DONE', outcome: {trying: 1}}) && !isMoving({...JOB, state: 'DONE'}));
});

test('a job that abandons says that it did', () => {
  const abandoned = {...JOB, verb: 'ABANDON', step: null, matched: 41, outcome: {recovered: 0, trying: 0, parkedAgain: 0, abandoned: 41}};
  assert.equal(jobSentence(abandoned), '41 abandoned.');
});

test('a job says who has paused or stopped it', () => {
  assert.equal(haltSentence({state: 'PAUSED', halted: {by: 'kim', reason: 'it is down'}}), 'Paused by kim: it is down.');
  assert.equal(haltSentence({state: 'STOPPED', halted: {by: 'kim'}}), 'Stopped by kim.');
});

test('danger is confirmed by the count, not by a word', () => {
  assert.ok(isDangerous('abandon', 1) && isDangerous('SKIP', 1) && isDangerous('UNDO', 21));
  assert.ok(!isDangerous('UNDO', 20) && !isDangerous('retry', 10_000));
  assert.ok(isTyped('1,041', 1041) && isTyped(' 1041 ', 1041));
  assert.ok(!isTyped('yes', 1041) && !isTyped('', 0) && !isTyped('104', 1041));
});

test('a bulk job as a request', () => {
  const body = bulkBody({verb: 'retry', filter: 'status=PARKED&error=%27x%27', step: 's', payload: '{"n":1.00}', reason: "it's back", perSecond: 20});
  assert.equal(body, '{"verb":"RETRY","filter":"status=PARKED&error=%27x%27","step":"s","payload":{"n":1.00},"reason":"it\'s back","perSecond":20}');
  assert.deepEqual(JSON.parse(bulkBody({verb: 'undo', flowIds: ['a', '"'], reason: 'r', perSecond: 1})), {verb: 'UNDO', flowIds: ['a', '"'], reason: 'r', perSecond: 1});
  assert.match(bulkCurl(body, {url: 'http://localhost/api/jobs', withKey: true}), /^curl --fail-with-body --request POST --header @doundo-key.header /);
});

test('rows are selected one by one, as a range, as a page, and all that match', () => {
  const shown = ['a', 'b', 'c', 'd'];
  const selection = new Selection();
  selection.toggle('b', shown);
  selection.range('d', shown);
  assert.deepEqual([...selection.ids], ['b', 'c', 'd']);
  selection.toggle('c', shown);
  assert.equal(selection.size(99), 2);
  selection.range('a', shown);
  assert.equal(selection.size(99), 4, 'a range goes up too');
  selection.page(shown);
  assert.ok(selection.isEmpty);
  selection.all();
  assert.ok(selection.has('not shown'));
  assert.equal(selection.size(12480), 12480);
  selection.toggle('a', shown);
  assert.deepEqual([...selection.ids], ['b', 'c', 'd'], 'without one of them it is no longer all that match');
  selection.clear();
  selection.range('c', shown);
  assert.deepEqual([...selection.ids], ['c'], 'a range without a beginning is one row');
});
