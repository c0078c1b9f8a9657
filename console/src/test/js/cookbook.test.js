import {readFileSync, writeFileSync} from 'node:fs';
import {assert, test} from './check.js';
import {body, breakerCommands, bulkBody, bulkCli, bulkCurl, cli, curl, jobCommands, kafka, quoted, resendCommands, scheduleCommands, taskCli, taskCurl, taskKafka} from '../../main/resources/static/console/model/command.js';
import {resendJobBody, resendJobCli, seenCli, seenCurl} from '../../main/resources/static/console/model/letters.js';
import {letterApi, resendCli, resendCurl} from '../../main/resources/static/console/model/resend.js';
import {breakerApi, flowApi, notificationApi, scheduleApi} from '../../main/resources/static/console/model/url.js';

const PAGE = new URL('../../../../docs/operations.md', import.meta.url);
const BEGIN = '<!-- cookbook: generated, see cookbook.test.js -->\n';
const END = '<!-- end of the cookbook -->';
const HOST = 'http://localhost:8080/';

/** The same three forms that the console shows for a verb. */
function verb(title, request) {
  const whole = {flowId: 'ord-17', ...request};
  const url = HOST + flowApi(whole.flowId, whole.verb);
  return {title, cli: cli(whole), rest: curl({...whole, url, withKey: false}), kafka: kafka(whole).command};
}

/** What can be asked of a job, without the change of its rate. */
function jobWays(state, words, reason) {
  return jobCommands({jobId: 'JOB', state, perSecond: 20}, '', {url: `${HOST}api/jobs/JOB`, withKey: false}, reason).filter((command) => words.includes(command.word));
}

const post = (path, json) => `curl --fail-with-body --request POST --header 'Content-Type: application/json' --data-raw '${json}' ${quoted(HOST + path)}`;
const produce = (topic, json) => `printf '%s\\n' '${json}' | ./doundo kafka console-producer --topic ${topic}`;
const keyed = (topic, key, json) => `printf '%s\\t%s\\n' ${key} '${json}' | ./doundo kafka console-producer --topic ${topic} --reader-property parse.key=true`;

const MANY = {verb: 'retry', filter: 'status=PARKED&fingerprint=v1%3A9f2ac01744d7e655', flowIds: null, step: '', payload: '', reason: 'stock-db is back', perSecond: 20};
const LETTERS = {filter: {fingerprint: 'v1:9f2ac01744d7e655', seen: 'false'}, reason: 'the sender is mended', perSecond: 20};

const TASK = {action: 'complete', flowId: 'ord-17', step: 'sign', payload: '{"approved":true}'};
const GIVEN = {action: 'assign', flowId: 'ord-17', step: 'sign', assignee: 'ann', reason: 'kim is away'};
const tasks = [['complete', TASK], ['assign', GIVEN]];

const BANK = {name: 'bank'};
const bank = [...breakerCommands(BANK, ['open'], 'the bank maintains its service', {length: '2h', until: '2027-05-04T12:00:00Z'}, {url: HOST + breakerApi(BANK), withKey: false}),
  ...breakerCommands(BANK, ['reset'], '', {}, {url: HOST + breakerApi(BANK), withKey: false})];
const notification = resendCommands({id: 'ntf_1f'}, {url: HOST + notificationApi({id: 'ntf_1f'}, 'resend'), withKey: false});

const NIGHTLY = {orchestration: 'report', trigger: 'nightly'};

const RECIPES = [
  {
    title: 'Register an orchestration',
    cli: './doundo diff -f order.yaml\n./doundo register order.yaml',
    rest: `curl --fail-with-body --request POST --header 'Content-Type: application/yaml' --data-binary @order.yaml ${HOST}api/orchestrations`,
    kafka: `./doundo kafka console-producer --topic orchestrator.registration < order.json   # one line of JSON`,
  },
  {
    title: 'Start a flow',
    cli: `./doundo start order --flow-id ord-17 --payload '{"amount":40}' --wait`,
    rest: post('api/orchestrations/execute?wait=30s', '{"orchestrationName":"order","flowId":"ord-17","payload":{"amount":40}}'),
    kafka: keyed('orchestrator.execution.start', 'ord-17', '{"orchestrationName":"order","flowId":"ord-17","payload":{"amount":40}}'),
  },
  {
    title: 'Find out why flows wait',
    cli: './doundo incidents\n./doundo flows --status PARKED --since 1h --output wide\n./doundo why ord-17',
    rest: `curl --fail-with-body '${HOST}api/flows?status=PARKED'\ncurl --fail-with-body ${HOST}api/flows/ord-17/why`,
    kafka: './doundo kafka console-consumer --topic orchestrator.flow.events --from-beginning --isolation-level read_committed',
  },
  verb('Retry the step that failed', {verb: 'retry', reason: 'stock-db is back'}),
  verb('Retry a step with another input', {verb: 'retry', step: 'reserve', payload: '{"amount":40}', reason: 'the amount was wrong'}),
  verb('Undo a flow, also one that has completed', {verb: 'undo', reason: 'the customer has cancelled'}),
  verb('Stop a running flow and undo it', {verb: 'cancel', reason: 'started twice'}),
  verb('Go on without a step', {verb: 'skip', step: 'notify', reason: 'told by telephone'}),
  verb('Record what became of a step', {verb: 'resolve', step: 'charge', payload: '{"outcome":"DONE"}', reason: 'seen at the bank'}),
  verb('Pause a flow', {verb: 'pause', reason: 'the carrier is on strike'}),
  verb('Resume a flow', {verb: 'resume'}),
  verb('End a flow and undo nothing', {verb: 'abandon', reason: 'undone by hand'}),
  {
    title: 'Send a signal',
    cli: `./doundo signal ord-17 paid --payload '{"amount":40}'`,
    rest: post('api/flows/ord-17/signals/paid', '{"payload":{"amount":40}}'),
    kafka: keyed('orchestrator.control', 'ord-17', '{"flowId":"ord-17","action":"SIGNAL","signal":"paid","payload":{"amount":40}}'),
  },
  {
    title: 'Complete a task, or give it to somebody',
    cli: `./doundo tasks --mine\n./doundo tasks --overdue\n${tasks.map(([, task]) => taskCli(task)).join('\n')}`,
    rest: tasks.map(([path, task]) => taskCurl({...task, url: `${HOST}api/tasks/${path}`, withKey: false})).join('\n'),
    kafka: tasks.map(([, task]) => taskKafka(task).command).join('\n'),
  },
  {
    title: 'Start a flow again with the payload of an earlier one',
    cli: './doundo replay ord-17 --flow-id ord-17-again',
    rest: post('api/flows/ord-17/replay', '{"flowId":"ord-17-again"}'),
    kafka: '# The payload of the earlier flow is read by the orchestrator: with Kafka alone, start a flow with it.',
  },
  {
    title: 'Start a flow for each line of a file',
    cli: './doundo replay --file starts.jsonl --per-second 50',
    rest: '# One request for each line, as above: a start that is repeated with its flowId counts once.',
    kafka: `jq -rc '[.flowId, tojson] | join("\\t")' starts.jsonl | ./doundo kafka console-producer --topic orchestrator.execution.start --reader-property parse.key=true`,
  },
  {
    title: 'Compare a flow with one that went well',
    cli: './doundo compare ord-17 ord-12\n./doundo show ord-17 --step reserve',
    rest: `curl --fail-with-body ${HOST}api/flows/ord-17\ncurl --fail-with-body ${HOST}api/flows/ord-12\ncurl --fail-with-body ${HOST}api/flows/ord-17/steps/reserve`,
    kafka: '# The audit log has what happened to both: see "Find out why flows wait".',
  },
  {
    title: 'Find out who serves a step, and whether the installation is healthy',
    cli: './doundo workers --unattached\n./doundo doctor',
    rest: `curl --fail-with-body ${HOST}api/workers\ncurl --fail-with-body ${HOST}actuator/health/readiness`,
    kafka: './doundo kafka consumer-groups --describe --all-groups',
  },
  {
    title: 'Take no more starts of an orchestration',
    cli: './doundo definitions pause order\n./doundo definitions activate order',
    rest: post('api/orchestrations', '{"orchestrationName":"order","status":"paused"}'),
    kafka: produce('orchestrator.registration', '{"orchestrationName":"order","status":"paused"}'),
  },
  {
    title: 'Pause a schedule, start a run now, and resume it',
    cli: scheduleCommands(NIGHTLY, ['pause', 'trigger', 'resume'], 'stocktaking', {url: ''}).map((command) => command.cli).join('\n'),
    rest: scheduleCommands(NIGHTLY, ['pause', 'trigger', 'resume'], 'stocktaking', {url: HOST + scheduleApi(NIGHTLY), withKey: false}).map((command) => command.curl).join('\n'),
    kafka: produce('orchestrator.control', '{"action":"SCHEDULE","schedule":"report/nightly","verb":"PAUSE","reason":"stocktaking"}'),
  },
  {
    title: 'Retry every flow that waits for one reason',
    cli: bulkCli(MANY),
    rest: `${bulkCurl(bulkBody(MANY), {url: `${HOST}api/jobs`, withKey: false})}\n${jobCommands({jobId: 'JOB', state: 'DRAFT', perSecond: 20}, '', {url: `${HOST}api/jobs/JOB`, withKey: false})[0].curl}`,
    kafka: '# A job is made by the orchestrator and not by a record: send the record of the verb for each flow.',
  },
  {
    title: 'Try a bulk job with one flow first, pause it, and let it go on',
    cli: `./doundo jobs start --first JOB\n./doundo jobs watch JOB\n${[...jobWays('PAUSED', ['Resume'], ''), ...jobWays('RUNNING', ['Pause', 'Stop'], 'it makes things worse')].map((command) => command.cli).join('\n')}`,
    rest: `${post('api/jobs/JOB/start', '{"first":true}')}\ncurl --fail-with-body ${HOST}api/jobs/JOB\n${[...jobWays('PAUSED', ['Resume'], ''), ...jobWays('RUNNING', ['Pause', 'Stop'], 'it makes things worse')].map((command) => command.curl).join('\n')}`,
    kafka: '# A job is controlled by the orchestrator, and not by a record.',
  },
  {
    title: 'Undo what a bad version of a worker did',
    cli: "./doundo undo --step assignRoles --worker-version 2.3.1 --ran-from 2027-05-04T02:00:00Z --reason 'release 2.3.1 forgets a role'",
    rest: post('api/jobs', '{"verb":"UNDO","ranOn":{"step":"assignRoles","workerVersion":"2.3.1","from":"2027-05-04T02:00:00Z","to":"2027-05-04T04:00:00Z"},"reason":"release 2.3.1 forgets a role"}'),
    kafka: '# A job is made by the orchestrator and not by a record: send the record of the verb for each flow.',
  },
  {
    title: 'Hold all requests to a service for a while, and let them go',
    cli: `./doundo breakers\n${bank.map((command) => command.cli).join('\n')}`,
    rest: bank.map((command) => command.curl).join('\n'),
    kafka: bank.map((command) => command.kafka.command).join('\n'),
  },
  {
    title: 'Tell a receiver again',
    cli: `./doundo notifications --state GIVEN_UP\n${notification.cli}\n./doundo notifications resend --from 2027-05-04T02:00:00Z --state GIVEN_UP`,
    rest: `${notification.curl}\n${post('api/notifications/resend', '{"from":"2027-05-04T02:00:00Z","state":"GIVEN_UP"}')}`,
    kafka: `# ${notification.kafka.refused}`,
  },
  {
    title: 'Send a dead letter again, edited',
    cli: `./doundo dead-letters show 3-17\n./doundo dead-letters resend 3-17 --dry-run\n${resendCli({id: '3-17', original: '{"flowId":"ord-17",}', value: '{"flowId":"ord-17","action":"RETRY"}', reason: 'a comma too many'})}`,
    rest: resendCurl({url: HOST + letterApi('3-17', '/resend'), withKey: false, original: '', value: '{"flowId":"ord-17","action":"RETRY"}', reason: 'a comma too many'}),
    kafka: keyed('orchestrator.control', 'ord-17', '{"flowId":"ord-17","action":"RETRY"}'),
  },
  {
    title: 'Send a group of dead letters again',
    cli: `./doundo dead-letters groups\n${resendJobCli(LETTERS)}`,
    rest: post('api/jobs', resendJobBody(LETTERS)),
    kafka: '# A job is made by the orchestrator and not by a record: send each record again as above.',
  },
  {
    title: 'Mark a group of dead letters as seen',
    cli: seenCli({fingerprint: 'v1:9f2ac01744d7e655', seen: true}),
    rest: `curl --fail-with-body '${HOST}api/dead-letters/groups?fingerprint=v1%3A9f2ac01744d7e655'   # its upTo goes into the next request\n${seenCurl({fingerprint: 'v1:9f2ac01744d7e655', upTo: 'UP_TO', seen: true}, {url: `${HOST}api/dead-letters/seen`, withKey: false})}`,
    kafka: '# The mark is kept by the orchestrator and not by a record of yours.',
  },
];

function cookbook() {
  return RECIPES.map((recipe) => `### ${recipe.title}\n\n\`\`\`sh\n${recipe.cli}\n# REST\n${recipe.rest}\n# Kafka\n${recipe.kafka}\n\`\`\`\n\n`).join('');
}

test('the cookbook has what the console shows as a command', () => {
  const page = readFileSync(PAGE, 'utf8');
  const from = page.indexOf(BEGIN) + BEGIN.length;
  const to = page.indexOf(END);
  assert.ok(from > BEGIN.length && to >= from, 'docs/operations.md has the place of the cookbook');
  if (process.env.DOCS_UPDATE === 'true') {
    writeFileSync(PAGE, `${page.slice(0, from)}\n${cookbook()}${page.slice(to)}`);
  } else {
    assert.equal(page.slice(from, to), `\n${cookbook()}`, 'run the test with DOCS_UPDATE=true to write it anew');
  }
});

test('a recipe says the same in REST and in Kafka', () => {
  for (const request of [{verb: 'retry', flowId: 'f', reason: 'x'}, {verb: 'skip', flowId: 'f', step: 's', reason: 'x'}]) {
    const {flowId, action, ...rest} = JSON.parse(kafka(request).record);
    assert.equal(flowId, 'f');
    assert.equal(action, request.verb.toUpperCase());
    assert.deepEqual(rest, JSON.parse(body(request)));
  }
});
