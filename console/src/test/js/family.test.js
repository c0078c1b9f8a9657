import {assert, test} from './check.js';
import {partsSentence} from '../../main/resources/static/console/model/overview.js';
import {barOf, partLook, progressOf, progressText, stepsWithParts} from '../../main/resources/static/console/model/family.js';

const LIST = {total: 1000, begun: 30, left: 970, parked: 1, attempt: 1, counts: {DONE: 8, RUNNING: 20, FAILED: 2}, flows: []};

test('every part is counted once', () => {
  assert.deepEqual(progressOf(LIST).map(({word, n}) => [word, n]), [['done', 8], ['failed', 2], ['parked', 1], ['running', 19], ['left', 970]]);
  assert.equal(progressOf(LIST).reduce((sum, piece) => sum + piece.n, 0), LIST.total);
});

test('a part that is parked on its way back is not counted as running', () => {
  const parts = {total: 3, begun: 3, left: 0, parked: 2, counts: {RUNNING: 1, ASKED: 2}};
  assert.deepEqual(progressOf(parts).map(({word, n}) => [word, n]), [['parked', 2], ['being taken back', 1]]);
});

test('the progress is said in words', () => {
  assert.equal(progressText(LIST), '1,000 parts: 8 done, 2 failed, 1 parked, 19 running, 970 left');
  assert.equal(progressText({total: 1, begun: 1, left: 0, counts: {RELEASED: 1}}), '1 part: 1 done');
  assert.equal(progressText({total: 0, counts: {}}), '0 parts');
  assert.equal(progressText({total: 3, counts: {RUNNING: 3}, paused: 1}), '3 parts: 3 running; 1 of them paused');
});

test('the bar is as wide as all parts together', () => {
  const pieces = barOf(LIST);
  assert.equal(Math.round(pieces.reduce((sum, piece) => sum + piece.width, 0)), 100);
  pieces.slice(1).forEach((piece, i) => assert.equal(piece.x.toFixed(6), (pieces[i].x + pieces[i].width).toFixed(6)));
  assert.deepEqual(barOf({total: 0, counts: {}}), []);
});

test('each place has a word, and an unknown one is shown as it is', () => {
  assert.equal(partLook({place: 'DONE'}).word, 'completed');
  assert.equal(partLook({place: 'RUNNING', parked: true}).word, 'parked');
  assert.equal(partLook({place: 'ASKED'}).family, 'back');
  assert.equal(partLook({place: 'RUNNING', paused: true}).word, 'in progress, paused');
  assert.equal(partLook({place: 'RUNNING', parked: true, paused: true}).word, 'parked');
  assert.equal(partLook({place: 'NEW_PLACE'}).word, 'NEW_PLACE');
});

test('steps without parts are left out', () => {
  assert.deepEqual(stepsWithParts({steps: [{name: 'a', parts: null}, {name: 'b', parts: LIST}]}).map((step) => step.name), ['b']);
  assert.deepEqual(stepsWithParts({}), []);
});

test('the overview says how many parts run', () => {
  assert.equal(partsSentence({IN_PROGRESS: 1200, COMPLETED: 9, PARKED: 1}), 'Of their parts, 1,201 have not ended.');
  assert.equal(partsSentence({IN_PROGRESS: 1}), 'Of their parts, 1 has not ended.');
  assert.equal(partsSentence({COMPLETED: 9}), '');
  assert.equal(partsSentence(undefined), '');
});
