import {assert, test} from './check.js';
import {bars, lines} from '../../main/resources/static/console/model/chart.js';
import {countWithout, errorChips, facetChips, usedFilters} from '../../main/resources/static/console/model/facets.js';
import {incidentCount, incidentsThatWait, incidentTitle, noIncidents, parkedIn, trendWord} from '../../main/resources/static/console/model/incidents.js';
import {flowsPath} from '../../main/resources/static/console/model/url.js';

test('the chips of a facet are the largest ones and whatever is chosen', () => {
  const counts = Object.fromEntries(Array.from({length: 20}, (_, i) => [`s${i}`, i]));
  const chips = facetChips(counts, ['s1', 'gone']);
  assert.deepEqual(chips.map((chip) => chip.value), ['s1', 'gone', 's19', 's18', 's17', 's16', 's15', 's14']);
  assert.deepEqual(chips.filter((chip) => chip.isOn).map((chip) => chip.n), [1, 0]);
  assert.deepEqual(facetChips(undefined, ['']), []);
  assert.deepEqual(errorChips([{id: 'v1:a', template: 'http 503', count: 4}], 'v1:b').map((chip) => [chip.word, chip.n, chip.isOn]), [['v1:b', 0, true], ['http 503', 4, false]]);
  assert.deepEqual(errorChips(null, ''), []);
});

test('a filter that is used can be taken away', () => {
  assert.deepEqual(usedFilters({status: ['PARKED'], step: '', error: 'x'}, {status: 'Status', step: 'Step', error: 'Error'}), [{name: 'status', word: 'Status'}, {name: 'error', word: 'Error'}]);
  assert.deepEqual(usedFilters({status: []}, {status: 'Status'}), []);
  const facets = {status: {COMPLETED: 200, UNDONE: 12}, step: {pay: 3}};
  assert.equal(countWithout(facets, 'status'), 212);
  assert.equal(countWithout(facets, 'step'), undefined, 'a flow may be at several steps');
  assert.equal(countWithout(undefined, 'status'), undefined);
});

const INCIDENT = {fingerprint: 'v1:9f', step: 'assignRoles', action: 'UNDO', kind: 'FAILED', parked: 41, open: 44, flows: 46};

test('a breaker that is open for long is an incident', () => {
  assert.equal(noIncidents([]), 'Nothing waits for an operator.');
  assert.equal(noIncidents([{name: 'bank'}]), 'No flow waits for an operator.');
  assert.equal(incidentsThatWait({incidents: [{parked: 2}, {parked: 0}], breakers: [{name: 'bank'}]}), 2);
  assert.equal(incidentsThatWait({incidents: [], breakers: null}), 0);
  assert.equal(incidentsThatWait(null), 0);
});

test('an incident says how many flows wait', () => {
  assert.equal(incidentTitle(INCIDENT), 'assignRoles UNDO failed');
  assert.equal(incidentTitle({...INCIDENT, kind: 'IN_DOUBT', action: 'DO'}), 'assignRoles DO is in doubt');
  assert.equal(incidentCount(INCIDENT), '41 flows wait for you, 3 still trying, 2 ended');
  assert.equal(incidentCount({parked: 1, open: 1, flows: 1}), '1 flow waits for you');
  assert.equal(incidentCount({parked: 0, open: 0, flows: 2}), 'nothing waits for you, 2 ended');
  assert.equal(flowsPath(parkedIn(INCIDENT)), 'flows?status=PARKED&fingerprint=v1%3A9f');
  assert.equal(trendWord('GROWING'), 'growing');
  assert.equal(trendWord('ELSE'), 'else');
});

test('bars keep to their box, and none that counts is invisible', () => {
  const drawn = bars([0, 1, 10_000], {width: 30, height: 20});
  assert.deepEqual(drawn, [{x: 10, y: 19, width: 9, height: 1}, {x: 20, y: 0, width: 9, height: 20}]);
  assert.deepEqual(bars([], {width: 30, height: 20}), []);
});

test('lines have one scale and differ by more than colour', () => {
  const drawn = lines([{name: 'a', family: 'run', values: [0, 10]}, {name: 'b', family: 'done', values: [5, 5]}], {width: 100, height: 54});
  assert.deepEqual(drawn.map((line) => line.d), ['M0 54L100 4', 'M0 29L100 29']);
  assert.equal(new Set(drawn.map((line) => line.dash)).size, 2);
  assert.deepEqual(drawn.map((line) => line.total), [10, 10]);
  assert.equal(lines([{name: 'a', family: 'run', values: []}], {width: 1, height: 1})[0].d, '');
});
