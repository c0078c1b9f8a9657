import {execFileSync} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert, test} from './check.js';
import {VERBS, WORDS} from './words.js';
import {bulkBody, bulkCli, bulkCurl, cli, curl, flowsCli, jobCommands, kafka, quoted, recordFor, refusedByCli, taskCli, taskCurl, taskKafka, tasksCli, unsayable} from '../../main/resources/static/console/model/command.js';
import {flowApi} from '../../main/resources/static/console/model/url.js';

/** Runs the commands by sh; returns the arguments, and what was piped, of every call of a stub. */
function run(commands) {
  const home = mkdtempSync(join(tmpdir(), 'commands-'));
  try {
    const bin = join(home, 'bin');
    const here = join(home, 'here');
    [bin, here].forEach((directory) => mkdirSync(directory));
    const stub = (name) => `#!/bin/sh\n{ printf '${name}\\0'; for word in "$@"; do printf '%s\\0' "$word"; done; printf '\\001in\\0'; [ "$2" = console-producer ] && cat; printf '\\0\\001end\\0'; } >> "$CALLS"\n`;
    for (const [path, name] of [[join(bin, 'curl'), 'curl'], [join(here, 'doundo'), 'doundo']]) {
      writeFileSync(path, stub(name));
      chmodSync(path, 0o755);
    }
    const calls = join(home, 'calls');
    writeFileSync(join(home, 'all.sh'), commands.join('\n'));
    execFileSync('sh', [join(home, 'all.sh')], {cwd: here, stdio: 'ignore', env: {PATH: `${bin}:/usr/bin:/bin`, HOME: '/home', CALLS: calls, LC_ALL: 'C'}});
    assert.deepEqual(readdirSync(here), ['doundo'], 'nothing else ran');
    return readFileSync(calls, 'utf8').split('\0\u0001end\0').slice(0, -1).map((call) => {
      const [before, piped] = call.split('\0\u0001in\0');
      const [name, ...args] = before.split('\0');
      return {name, args, piped};
    });
  } finally {
    rmSync(home, {recursive: true});
  }
}

/** The options and the words of a command line, as picocli reads them. */
function parsed(args) {
  const options = {};
  const rest = [];
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--') {
      rest.push(...args.slice(i + 1));
      break;
    }
    const option = /^(--[a-z-]+)(?:=([^]*))?$/.exec(args[i]);
    if (option) {
      options[option[1]] = option[2] ?? args[++i];
    } else {
      rest.push(args[i]);
    }
  }
  return {options, rest};
}

/** What a server reads from the address and the body of a curl call. */
function requested(args) {
  const url = new URL(args.at(-1));
  const [, , flow, below] = url.pathname.split('/');
  const flowId = flow === 'flows' ? decodeURIComponent(below) : url.searchParams.get('flowId');
  return {flowId, body: JSON.parse(args[args.indexOf('--data-raw') + 1])};
}

test('a shell takes every word back unchanged', () => {
  const calls = run(WORDS.map((word) => `./doundo ${quoted(word)}`));
  assert.deepEqual(calls.map((call) => call.args[0]), WORDS);
});

test('the command line carries a flowId that looks like an option, but no value', () => {
  assert.equal(refusedByCli(['-rf', '--help'], ['-', '-5', '- x', 'a -h', '', undefined]), '');
  for (const word of ['-rf', '--', '-h', '--reason=x', '-x y']) {
    assert.match(refusedByCli(['f'], ['s', word]), /begins like an option/);
  }
  assert.match(refusedByCli(['a\0b'], []), /NUL/);
});

test('a quoted word shows everything that is in it', () => {
  for (const word of WORDS) {
    assert.doesNotMatch(quoted(word), /(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/u);
  }
});

test('the commands of 200 hostile flows, steps and reasons reach the same flow, and nothing else runs', () => {
  const url = (verb) => `http://localhost:8080/${flowApi(verb.flowId, verb.verb)}`;
  const records = VERBS.map((verb) => kafka(verb));
  const isSaid = (verb) => refusedByCli([verb.flowId], [verb.step, verb.reason]) === '';
  assert.ok(VERBS.filter(isSaid).length > 150);
  const calls = run(VERBS.flatMap((verb, i) => [...(isSaid(verb) ? [cli(verb)] : []), curl({...verb, url: url(verb), withKey: i % 2 === 0}), ...(records[i].refused ? [] : [records[i].command])]));
  let at = 0;
  VERBS.forEach((verb, i) => {
    if (isSaid(verb)) {
      const line = calls[at++];
      const {options, rest} = parsed(line.args);
      assert.equal(line.name, 'doundo');
      assert.deepEqual(rest, ['retry', verb.flowId], JSON.stringify(verb));
      assert.deepEqual([options['--step'] ?? '', options['--reason'] ?? '', options['--payload']], [verb.step, verb.reason, verb.payload]);
    } else {
      assert.match([verb.step, verb.reason].join('\n'), /^-[-A-Za-z]/m, 'only a value that looks like an option is refused');
    }
    const call = calls[at++];
    assert.equal(call.name, 'curl');
    const request = requested(call.args);
    assert.equal(request.flowId, verb.flowId);
    assert.deepEqual([request.body.stepName ?? '', request.body.reason ?? ''], [verb.step, verb.reason]);
    if (records[i].refused) {
      assert.match(verb.flowId, /[\n\r\t]/, 'only what the console producer cannot write is refused');
      return;
    }
    const [key, record] = calls[at++].piped.slice(0, -1).split('\t');
    const sent = JSON.parse(record);
    assert.equal(key, verb.flowId);
    assert.deepEqual([sent.flowId, sent.stepName ?? '', sent.reason ?? ''], [verb.flowId, verb.step, verb.reason]);
  });
  assert.equal(at, calls.length, 'nothing else was called');
});

test('the commands of a task reach the same task', () => {
  const tasks = WORDS.slice(0, 60).map((word, i) => ({flowId: word || 'f', step: WORDS[(i * 11 + 2) % 200] || 's', payload: '{"ok":true}', assignee: WORDS[(i * 5 + 1) % 200]}));
  const calls = run(tasks.flatMap((task) => [taskCli({action: 'complete', ...task, assignee: undefined}), taskCurl({...task, url: 'http://localhost:8080/api/tasks/complete'}), taskCli({action: 'assign', ...task, payload: ''})]));
  tasks.forEach((task, i) => {
    const [complete, post, assign] = calls.slice(i * 3, i * 3 + 3);
    assert.deepEqual(parsed(complete.args).rest, ['task', 'complete', task.flowId, task.step]);
    const {body} = requested(post.args);
    assert.deepEqual([body.flowId, body.step, body.payload], [task.flowId, task.step, {ok: true}]);
    assert.deepEqual(parsed(assign.args).rest, ['task', 'assign', task.flowId, task.step]);
    assert.equal(parsed(assign.args).options['--to'], task.assignee);
  });
  const record = JSON.parse(taskKafka({action: 'complete', flowId: "o'k", step: '$(x)', payload: '1'}).record);
  assert.deepEqual(record, {flowId: "o'k", action: 'SIGNAL', signal: '$(x)', payload: 1});
});

test('the command of a bulk job names the same flows, step and reason as its request', () => {
  const jobs = WORDS.map((word, i) => ({
    verb: 'skip', filter: i % 2 === 0 ? new URLSearchParams({status: 'PARKED', error: word}).toString() : null, flowIds: i % 2 === 0 ? null : [word || 'f', WORDS[(i * 3 + 1) % 200] || 'g'],
    step: WORDS[(i * 7 + 3) % 200], reason: WORDS[(i * 13 + 5) % 200], payload: '', perSecond: 20,
  }));
  const calls = run(jobs.flatMap((job) => [bulkCli(job), bulkCurl(bulkBody(job), {url: 'http://localhost:8080/api/jobs', withKey: true})]));
  jobs.forEach((job, i) => {
    const [line, post] = calls.slice(i * 2, i * 2 + 2);
    const {options, rest} = parsed(line.args);
    assert.deepEqual(rest, ['skip', ...(job.flowIds ?? [])]);
    assert.equal(options['--filter'] ?? null, job.filter?.replaceAll('+', '%20') ?? null);
    assert.equal(options[job.filter === null ? '--step' : '--verb-step'] ?? '', job.step);
    assert.deepEqual([options['--reason'], options['--per-second']], [job.reason, '20']);
    const {body} = requested(post.args);
    assert.deepEqual([body.filter ?? null, body.flowIds ?? null, body.step ?? '', body.reason], [job.filter, job.flowIds, job.step, job.reason]);
  });
  assert.equal(calls.length, 2 * jobs.length, 'nothing else was called');
  assert.equal(bulkCli({verb: 'retry', filter: null, flowIds: ['ord-17'], step: '', reason: 'x', payload: '', perSecond: 20}), './doundo retry --reason x ord-17');
});

test('the command of a list is its filter as one option that the command line has', () => {
  const options = readFileSync(new URL('../../../../launcher/src/main/java/io/doundo/launcher/cli/FlowFilterOptions.java', import.meta.url), 'utf8');
  assert.match(options, /"--filter"/);
  const filter = {status: ['PARKED', 'UNDOING'], stepStatus: 'IN_DOUBT', step: 'pay', version: '3', paused: 'true', error: "it's a b", from: '-1h', sort: '-updatedAt', cursor: 'x'};
  const [call] = run([flowsCli(filter, Date.parse('2026-11-29T03:00:00Z'))]);
  assert.deepEqual(call.args, ['flows', '--filter', call.args[2], '--sort=-updatedAt']);
  assert.deepEqual(Object.fromEntries(call.args[2].split('&').map((part) => part.split('=').map(decodeURIComponent))),
    {status: 'PARKED,UNDOING', stepStatus: 'IN_DOUBT', step: 'pay', version: '3', paused: 'true', error: "it's a b", from: '2026-11-29T02:00:00.000Z'});
  assert.equal(flowsCli({status: []}, 0), './doundo flows');
});

test('what the buttons of a job send is there as commands', () => {
  const of = (state, sample) => jobCommands({jobId: 'j-1', state, perSecond: 20}, sample, {url: 'http://localhost:8080/api/jobs/j-1', withKey: false});
  const calls = run(of('DRAFT', "$(touch owned)'").flatMap((command) => [command.cli, command.curl]));
  assert.deepEqual(calls.map((call) => call.args.slice(0, 3)).filter(([first]) => first === 'jobs'), [['jobs', 'start', 'j-1'], ['jobs', 'start', '--first-flow'], ['jobs', 'rate', 'j-1']]);
  assert.equal(calls[2].args[3], "$(touch owned)'");
  assert.deepEqual(requested(calls[3].args).body, {first: "$(touch owned)'"});
  assert.deepEqual(of('RUNNING').map((command) => command.word), ['Pause', 'Stop', 'Change the rate']);
  assert.deepEqual(of('PAUSED').map((command) => command.cli), ['./doundo jobs resume j-1', './doundo jobs stop j-1', './doundo jobs rate j-1 20']);
  assert.match(of('PAUSED').at(-1).curl, /--request PATCH .*"perSecond":20/);
  assert.deepEqual(of('DONE'), []);
  const [pause] = jobCommands({jobId: 'j-1', state: 'RUNNING', perSecond: 20}, '', {url: 'http://localhost:8080/api/jobs/j-1', withKey: false}, "it's down");
  const [typed, sent] = run([pause.cli, pause.curl]);
  assert.deepEqual(typed.args, ['jobs', 'pause', '--reason', "it's down", 'j-1']);
  assert.deepEqual(requested(sent.args).body, {reason: "it's down"});
  assert.match(jobCommands({jobId: 'j-1', state: 'PAUSED', perSecond: 20}, '', {url: 'http://x/', withKey: false}, '--yes')[0].refused, /begins like an option/);
  assert.deepEqual(of('DRAFT', 'a\u0000').map((command) => command.word), ['Start', 'Change the rate']);
});

test('a list of tasks as a command lists the same', () => {
  assert.equal(tasksCli({assignee: 'me', candidate: '', orchestration: 'order', overdue: 'true'}), './doundo tasks --mine --orchestration order --overdue');
  assert.equal(tasksCli({assignee: 'kim', candidate: '', orchestration: '', overdue: ''}), './doundo tasks --assignee kim');
});

test('a record without a key is one line', () => {
  const [call] = run([recordFor({topic: 'orchestrator.registration', key: null, value: "{\"a\":\"it's $HOME\"}"}).command]);
  assert.equal(call.piped, "{\"a\":\"it's $HOME\"}\n");
});

test('a word that no command line can carry is refused, and curl still carries it', () => {
  assert.match(unsayable('a\u0000b'), /NUL/);
  assert.equal(unsayable('a', '\n', undefined), '');
  assert.match(kafka({verb: 'retry', flowId: 'a\u0000'}).refused, /NUL/);
  assert.match(curl({verb: 'retry', flowId: 'a', reason: '\u0000', url: 'http://x/'}), /\\u0000/);
});
