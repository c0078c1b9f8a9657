import {assert, test} from './check.js';
import {breakerCommands, recordFor} from '../../main/resources/static/console/model/command.js';
import {breakerEntryLook, breakerLook, breakersSentence, breakerVerbs, figures, minuteAfter, sortedBreakers} from '../../main/resources/static/console/model/breakers.js';
import {breakerApi, breakerPath, route} from '../../main/resources/static/console/model/url.js';

const BANK = {name: 'bank', state: 'OPEN', held: 7, config: {faults: 5, window: '1 min', openFor: '1 min', firstWave: 3}, recent: []};

test('breakers say how many are open, and what they hold', () => {
  assert.equal(breakersSentence([]), 'No breaker is open.');
  assert.equal(breakersSentence([{...BANK, state: 'CLOSED', held: 0}]), 'No breaker is open.');
  assert.equal(breakersSentence([BANK, {...BANK, state: 'CLOSED'}]), '1 breaker is not closed; 7 steps are held.');
  assert.equal(breakersSentence([{...BANK, held: 1}, {...BANK, state: 'FORCED_OPEN', held: 0}]), '2 breakers are not closed; 1 step is held.');
});

test('a breaker says when it opens', () => {
  assert.equal(figures(BANK), 'Opens after 5 faults within 1 min, for 1 min at first; then 3 commands try the service.');
  assert.equal(figures({config: {...BANK.config, faults: 1, firstWave: 1}}), 'Opens after 1 fault within 1 min, for 1 min at first; then 1 command tries the service.');
  assert.equal(breakerLook('NEW').word, 'NEW');
  assert.equal(breakerEntryLook({type: 'BREAKER_OPENED'}).word, 'opened');
});

test('those that are not closed come first', () => {
  const names = sortedBreakers([{name: 'a', state: 'CLOSED'}, {name: 'c', state: 'OPEN'}, {name: 'b', state: 'FORCED_OPEN'}]).map((breaker) => breaker.name);
  assert.deepEqual(names, ['b', 'c', 'a']);
});

test('only what changes something is offered', () => {
  assert.deepEqual(breakerVerbs(BANK), ['reset', 'open']);
  assert.deepEqual(breakerVerbs({state: 'CLOSED'}), ['open']);
  assert.deepEqual(breakerVerbs({state: 'FORCED_OPEN'}), ['reset']);
});

test('the address of a breaker leads to its page, its resource and its commands', () => {
  assert.equal(breakerPath(BANK), 'breakers/bank');
  assert.equal(breakerApi(BANK, 'reset'), 'api/breakers/bank/reset');
  assert.deepEqual(route('breakers', ''), {page: 'breakers'});
  assert.deepEqual(route('breakers/bank', ''), {page: 'breaker', name: 'bank'});
  assert.deepEqual(breakerCommands(BANK, ['open'], 'audit', {length: '1h', until: '2027-05-04T12:00:00Z'}, {url: 'http://localhost/api/breakers/bank'}), [{
    verb: 'open',
    cli: './doundo breakers open --for 1h --reason audit bank',
    refused: '',
    curl: 'curl --fail-with-body --request POST --header \'Content-Type: application/json\' --data-raw \'{"reason":"audit","for":"1h"}\' http://localhost/api/breakers/bank/open',
    kafka: recordFor({topic: 'orchestrator.control', value: '{"action":"BREAKER","breaker":"bank","verb":"OPEN","until":"2027-05-04T12:00:00Z","reason":"audit"}'}),
  }]);
  const [reset] = breakerCommands(BANK, ['reset'], '', {length: '1h', until: ''}, {url: 'http://localhost/x'});
  assert.equal(reset.kafka.record, '{"action":"BREAKER","breaker":"bank","verb":"RESET"}');
});

test('a breaker is forced open until a full minute', () => {
  assert.equal(minuteAfter(3_600_000, Date.parse('2027-05-04T11:00:00Z')), '2027-05-04T12:00:00Z');
  assert.equal(minuteAfter(3_600_000, Date.parse('2027-05-04T11:00:00.001Z')), '2027-05-04T12:01:00Z');
});
