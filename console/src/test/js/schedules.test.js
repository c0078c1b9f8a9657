import {assert, test} from './check.js';
import {recordFor, scheduleCommands} from '../../main/resources/static/console/model/command.js';
import {entryLook, lastOutcome, rules, scheduleLook, scheduleSentence, scheduleVerbs, triggerRow} from '../../main/resources/static/console/model/schedules.js';
import {route, scheduleApi, schedulePath} from '../../main/resources/static/console/model/url.js';

const SCHEDULE = {orchestration: 'report', trigger: 'nightly', state: 'ACTIVE', times: '0 2 * * * UTC', overlap: 'SKIP', catchUp: 'LATEST', within: '1 h', running: [], recent: [], blocked: 0};

test('a schedule says how it stands', () => {
  assert.equal(scheduleSentence(SCHEDULE), 'Waits for its next time.');
  assert.equal(scheduleSentence({...SCHEDULE, running: [{}, {}]}), '2 runs in progress.');
  assert.equal(scheduleSentence({...SCHEDULE, state: 'PAUSED', paused: {by: 'ann', reason: 'audit'}}), 'Paused by ann: audit.');
  assert.equal(scheduleSentence({...SCHEDULE, state: 'PAUSED', paused: {}}), 'Paused.');
  assert.equal(scheduleSentence({...SCHEDULE, state: 'BLOCKED', blocked: 1}), '1 run did not start, because an earlier one needs an operator.');
  assert.equal(scheduleLook('NEW').word, 'NEW');
  assert.equal(entryLook({type: 'RUNS_MISSED', count: 1000}).word, '1,000 missed');
});

test('a schedule says what it does with late runs and with earlier ones', () => {
  assert.equal(rules(SCHEDULE), 'A run does not start while an earlier one goes on. The latest run that was missed is caught up within 1 h.');
  assert.equal(rules({...SCHEDULE, overlap: 'CANCEL', catchUp: 'NONE'}), 'An earlier run is cancelled, and so undone, before the next one starts. Runs that were missed are not caught up.');
  assert.equal(rules({...SCHEDULE, after: '5 min'}), 'The next run waits for the end of the one before.');
});

test('the last outcome passes over what is no run', () => {
  const ended = {type: 'RUN_ENDED'};
  assert.equal(lastOutcome({recent: [{type: 'SCHEDULE_RESUMED'}, {type: 'RUN_OVERLAPPED'}, ended]}), ended);
  assert.equal(lastOutcome({recent: []}), undefined);
});

test('only what can succeed is offered', () => {
  assert.deepEqual(scheduleVerbs(SCHEDULE), ['pause', 'trigger']);
  assert.deepEqual(scheduleVerbs({...SCHEDULE, state: 'PAUSED', paused: {}}), ['resume', 'trigger']);
  assert.deepEqual(scheduleVerbs({...SCHEDULE, state: 'STOPPED'}), ['pause']);
  assert.deepEqual(scheduleVerbs({...SCHEDULE, state: 'WITHDRAWN'}), []);
});

test('the address of a schedule leads to its page, its resource and its commands', () => {
  assert.equal(schedulePath(SCHEDULE), 'schedules/report/nightly');
  assert.equal(scheduleApi(SCHEDULE, 'pause'), 'api/schedules/report/nightly/pause');
  assert.deepEqual(route('schedules/report/nightly', ''), {page: 'schedule', orchestration: 'report', trigger: 'nightly'});
  assert.deepEqual(route('schedules', '?orchestration=report'), {page: 'schedules', orchestration: 'report'});
  assert.equal(route('schedules/report', '').page, 'unknown');
  assert.deepEqual(scheduleCommands(SCHEDULE, ['pause'], "it's late", {url: 'http://localhost/api/schedules/report/nightly'}), [{
    verb: 'pause',
    cli: "./doundo schedules pause --reason 'it'\\''s late' report/nightly",
    refused: '',
    curl: "curl --fail-with-body --request POST --header 'Content-Type: application/json' --data-raw '{\"reason\":\"it'\\''s late\"}' http://localhost/api/schedules/report/nightly/pause",
    kafka: recordFor({topic: 'orchestrator.control', value: '{"action":"SCHEDULE","schedule":"report/nightly","verb":"PAUSE","reason":"it\'s late"}'}),
  }]);
  const [odd] = scheduleCommands(SCHEDULE, ['trigger'], '--yes\n', {url: 'http://localhost/x'});
  assert.equal(odd.cli, '');
  assert.match(odd.refused, /begins like an option/);
  assert.equal(odd.kafka.record, '{"action":"SCHEDULE","schedule":"report/nightly","verb":"TRIGGER","reason":"--yes\\n"}');
});

test('a trigger says what fires it and what it does', () => {
  const event = triggerRow({name: 'paid', kind: 'EVENT', source: 'payments', from: 'earliest', signal: 'paid', flowId: 'order-{{ event.data.id }}', when: 'event.data.ok'});
  assert.equal(event.source, 'topic payments, from its beginning');
  assert.equal(event.does, 'signals paid');
  assert.equal(event.when, 'event.data.ok');
  const hook = triggerRow({name: 'in', kind: 'WEBHOOK', source: 'POST /api/hooks/o/in', verify: 'standard'});
  assert.equal(hook.verified, 'verified: standard');
  assert.equal(hook.does, 'starts a flow');
  assert.equal(triggerRow({name: 'in', kind: 'WEBHOOK', source: 's', verify: 'none'}).isOpen, true);
  assert.equal(triggerRow({name: 'n', kind: 'SCHEDULE', source: 'every 1 h'}).source, 'every 1 h');
});
