/** A verb as a command: for the CLI, for curl and as a record for Kafka. */

import {instant} from './time.js';
import {filterQuery, TIMES} from './url.js';

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;
const CONTROL = 'orchestrator.control';
const UTF_8 = new TextEncoder();
const INVISIBLE_RUN = /((?:(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029])+)/u;

/**
 * Quotes one word for a POSIX shell in any locale. It lets printf write invisible characters, but a line
 * break stands for itself, because a shell drops it at the end of the output of printf.
 */
export function quoted(word) {
  if (PLAIN.test(word)) {
    return word;
  }
  const parts = word.split(INVISIBLE_RUN).map((part, i) => (i % 2 === 0
    ? part && `'${part.replaceAll("'", "'\\''")}'`
    : `"$(printf '${[...UTF_8.encode(part)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}')"`));
  return parts.join('') || "''";
}

/** Why no command line can carry these words, or an empty text. */
export function unsayable(...words) {
  return words.some((word) => word?.includes('\0')) ? 'No command line can carry the character NUL, which is in this request. Use curl.' : '';
}

/**
 * Why the command line cannot carry these words, or an empty text. It refuses a value that begins like an option,
 * because the value may have been forgotten.
 *
 * @param ids words that stand by themselves
 * @param values words that stand behind an option
 */
export function refusedByCli(ids, values) {
  return unsayable(...ids, ...values)
    || (values.some((word) => /^-[-A-Za-z]/.test(word ?? '')) ? 'The command line refuses a value that begins like an option, as one in this request does. Use curl.' : '');
}

/** Quotes a value so that it is not read as an option. */
function value(name, word) {
  return word.startsWith('-') ? `${name}=${quoted(word)}` : `${name} ${quoted(word)}`;
}

/** A long option with its value. */
export function option(name, word) {
  return value(`--${name}`, word);
}

/** The body of the request: empty fields are left out, the payload stays as written. */
export function body({step, reason, payload, controlId, expect}) {
  const members = [];
  const add = (name, json) => members.push(`${JSON.stringify(name)}:${json}`);
  if (step) {
    add('stepName', JSON.stringify(step));
  }
  if (payload) {
    add('payload', payload);
  }
  if (reason) {
    add('reason', JSON.stringify(reason));
  }
  if (controlId) {
    add('controlId', JSON.stringify(controlId));
  }
  if (expect) {
    add('expect', JSON.stringify(expect));
  }
  return `{${members.join(',')}}`;
}

export function cli({verb, flowId, step, reason, payload}) {
  const words = ['./doundo', verb];
  if (step) {
    words.push(value('--step', step));
  }
  if (reason) {
    words.push(value('--reason', reason));
  }
  if (payload) {
    words.push(value('--payload', payload));
  }
  if (flowId.startsWith('-')) {
    words.push('--');
  }
  words.push(quoted(flowId));
  return words.join(' ');
}

export function showCli(flowId) {
  return `./doundo show ${flowId.startsWith('-') ? '-- ' : ''}${quoted(flowId)}`;
}

/** The curl command of a verb. */
export function curl({url, withKey, ...verb}) {
  return post(url, body(verb), withKey);
}

/** curl reads the key from a file, so that no process list shows it. */
function send(method, url, sent, withKey) {
  const key = withKey ? ' --header @doundo-key.header' : '';
  return `curl --fail-with-body --request ${method}${key} --header 'Content-Type: application/json'`
    + ` --data-raw ${quoted(sent)} ${quoted(url)}`;
}

export function post(url, sent, withKey) {
  return send('POST', url, sent, withKey);
}

/** The record for the control topic, or the reason why the console producer cannot write it. */
export function kafka({verb, flowId, ...rest}) {
  return produced(flowId, `{"flowId":${JSON.stringify(flowId)},"action":${JSON.stringify(verb.toUpperCase())}`
    + `${body(rest) === '{}' ? '' : `,${body(rest).slice(1, -1)}`}}`);
}

/** A record for a topic, or the reason why the console producer cannot write it. */
export function recordFor({topic, key, value: record}) {
  if (key) {
    return produced(key, record, topic);
  }
  if (unsayable(record) || /[\n\r]/.test(record)) {
    return {refused: unsayable(record) || LINE_BREAK};
  }
  return {record, command: `printf '%s\\n' ${quoted(record)} | ./doundo kafka console-producer --topic ${quoted(topic)}`};
}

const LINE_BREAK = 'The console producer ends a record at each line break, and this one has one. Use the CLI or curl.';

function produced(flowId, record, topic = CONTROL) {
  if (unsayable(flowId, record)) {
    return {refused: unsayable(flowId, record)};
  }
  if (/[\n\r]/.test(flowId) || /[\n\r]/.test(record)) {
    return {refused: LINE_BREAK};
  }
  if (flowId.includes('\t')) {
    return {refused: 'The console producer ends the key at a tab, and this flowId has one. Use the CLI or curl.'};
  }
  return {
    record,
    command: `printf '%s\\t%s\\n' ${quoted(flowId)} ${quoted(record)} | ./doundo kafka console-producer`
      + ` --topic ${quoted(topic)} --reader-property parse.key=true`,
  };
}

/** The body of a request to complete a task or to assign it; the answer stays as written. */
export function taskBody({flowId, step, payload, assignee, reason, controlId, onBehalfOf}) {
  const members = [`"flowId":${JSON.stringify(flowId)}`, `"step":${JSON.stringify(step)}`];
  if (payload) {
    members.push(`"payload":${payload}`);
  }
  if (assignee !== undefined) {
    members.push(`"assignee":${JSON.stringify(assignee)}`);
  }
  for (const [name, text] of Object.entries({reason, onBehalfOf, controlId})) {
    if (text) {
      members.push(`"${name}":${JSON.stringify(text)}`);
    }
  }
  return `{${members.join(',')}}`;
}

/** The command that lists the same tasks. */
export function tasksCli({assignee, candidate, orchestration, overdue}) {
  const isMine = assignee === 'me';
  const words = Object.entries({assignee: isMine ? '' : assignee, candidate, orchestration}).filter(([, word]) => word);
  return ['./doundo tasks', ...(isMine ? ['--mine'] : []), ...words.map(([name, word]) => option(name, word)), ...(overdue === 'true' ? ['--overdue'] : [])].join(' ');
}

/** @param request {action: complete or assign, flowId, step, payload, assignee, reason, onBehalfOf} */
export function taskCli({action, flowId, step, payload, assignee, reason, onBehalfOf}) {
  const words = ['./doundo task', action];
  if (payload) {
    words.push(value('--payload', payload));
  }
  if (assignee !== undefined) {
    words.push(value('--to', assignee));
  }
  if (reason) {
    words.push(value('--reason', reason));
  }
  if (onBehalfOf) {
    words.push(value('--on-behalf-of', onBehalfOf));
  }
  if (flowId.startsWith('-') || step.startsWith('-')) {
    words.push('--');
  }
  words.push(quoted(flowId), quoted(step));
  return words.join(' ');
}

export function taskCurl({url, withKey, ...request}) {
  return post(url, taskBody(request), withKey);
}

/** The record for the control topic; the answer to a task is a signal with the name of its step. */
export function taskKafka({action, flowId, step, payload, assignee, reason}) {
  const members = action === 'complete'
    ? ['"action":"SIGNAL"', `"signal":${JSON.stringify(step)}`, ...(payload ? [`"payload":${payload}`] : [])]
    : ['"action":"ASSIGN"', `"stepName":${JSON.stringify(step)}`, `"assignee":${JSON.stringify(assignee)}`];
  if (reason && action === 'assign') {
    members.push(`"reason":${JSON.stringify(reason)}`);
  }
  return produced(flowId, `{"flowId":${JSON.stringify(flowId)},${members.join(',')}}`);
}

/** The body of a request for a bulk job. */
export function bulkBody({verb, filter, flowIds, step, payload, reason, perSecond}) {
  const members = [`"verb":${JSON.stringify(verb.toUpperCase())}`];
  members.push(flowIds ? `"flowIds":${JSON.stringify(flowIds)}` : `"filter":${JSON.stringify(filter)}`);
  if (step) {
    members.push(`"step":${JSON.stringify(step)}`);
  }
  if (payload) {
    members.push(`"payload":${payload}`);
  }
  members.push(`"reason":${JSON.stringify(reason)}`, `"perSecond":${perSecond}`);
  return `{${members.join(',')}}`;
}

export function bulkCurl(sent, {url, withKey}) {
  return post(url, sent, withKey);
}

/**
 * The option --filter for the query of a list. On the command line a plus sign is no blank, and a name
 * stands once: several statuses are one value.
 */
export function filterOption(query) {
  const merged = new Map();
  for (const [name, word] of new URLSearchParams(query)) {
    merged.set(name, merged.has(name) ? `${merged.get(name)},${word}` : word);
  }
  return option('filter', new URLSearchParams([...merged]).toString().replaceAll('+', '%20'));
}

/** The command that lists the same flows; a relative time becomes the one that it means now. */
export function flowsCli(filter, now) {
  const query = filterQuery({...filter, cursor: '', sort: ''});
  TIMES.filter((name) => query.has(name)).forEach((name) => query.set(name, instant(query.get(name), now) ?? query.get(name)));
  return ['./doundo flows', ...(query.size > 0 ? [filterOption(query)] : []), ...(filter.sort ? [option('sort', filter.sort)] : [])].join(' ');
}

/** The command that makes the same job; with a single flow, the command of that flow. */
export function bulkCli({verb, filter, flowIds, step, payload, reason, perSecond}) {
  if (flowIds?.length === 1) {
    return cli({verb, flowId: flowIds[0], step, reason, payload});
  }
  const words = ['./doundo', verb];
  if (filter !== null && filter !== undefined) {
    words.push(filterOption(filter));
    if (step) {
      words.push(value('--verb-step', step));
    }
  } else if (step) {
    words.push(value('--step', step));
  }
  words.push(value('--reason', reason));
  if (payload) {
    words.push(value('--payload', payload));
  }
  words.push(`--per-second ${perSecond}`);
  if (flowIds) {
    words.push(...(flowIds.some((flowId) => flowId.startsWith('-')) ? ['--'] : []), ...flowIds.map(quoted));
  }
  return words.join(' ');
}

/** What may be asked of a schedule, as commands: [{verb, cli, refused, curl, kafka}]; refused says why there is no cli. */
export function scheduleCommands({orchestration, trigger}, verbs, reason, {url, withKey}) {
  const schedule = `${orchestration}/${trigger}`;
  const refused = refusedByCli([schedule], [reason]);
  return verbs.map((verb) => ({
    verb,
    cli: refused ? '' : `./doundo schedules ${verb} ${reason ? `${value('--reason', reason)} ` : ''}${quoted(schedule)}`,
    refused,
    curl: post(`${url}/${verb}`, JSON.stringify(reason ? {reason} : {}), withKey),
    kafka: recordFor({topic: CONTROL, value: JSON.stringify({action: 'SCHEDULE', schedule, verb: verb.toUpperCase(), ...(reason ? {reason} : {})})}),
  }));
}

/**
 * What may be asked of a breaker, as commands: [{verb, cli, refused, curl, kafka}].
 *
 * @param length how long it is forced open
 * @param until when that ends; the record has no length
 */
export function breakerCommands({name}, verbs, reason, {length, until}, {url, withKey}) {
  const refused = refusedByCli([name], [reason]);
  return verbs.map((verb) => ({
    verb,
    cli: refused ? '' : `./doundo breakers ${verb} ${verb === 'open' ? `--for ${length} ` : ''}${reason ? `${value('--reason', reason)} ` : ''}${quoted(name)}`,
    refused,
    curl: post(`${url}/${verb}`, JSON.stringify({...(reason ? {reason} : {}), ...(verb === 'open' ? {for: length} : {})}), withKey),
    kafka: recordFor({topic: CONTROL, value: JSON.stringify({action: 'BREAKER', breaker: name, verb: verb.toUpperCase(), ...(verb === 'open' ? {until} : {}), ...(reason ? {reason} : {})})}),
  }));
}

/** Sending a notification again, as commands. */
export function resendCommands({id}, {url, withKey}) {
  return {
    cli: unsayable(id) ? '' : `./doundo notifications resend ${quoted(id)}`,
    refused: unsayable(id),
    curl: post(url, '{}', withKey),
    kafka: {refused: 'Notifications are sent again by the orchestrator, and not by a record.'},
  };
}

/**
 * What can be asked of a job, as commands: [{word, cli, refused, curl}].
 *
 * @param reason of a pause, of going on, or of the end
 */
export function jobCommands(job, sample, {url, withKey}, reason = '') {
  const {jobId} = job;
  const of = (word, what, body = {}, option = '') => ({
    word,
    cli: `./doundo jobs ${what} ${option && `${option} `}${quoted(jobId)}`,
    refused: '',
    curl: post(`${url}/${what}`, JSON.stringify(body), withKey),
  });
  const why = (word, what) => {
    const refused = refusedByCli([], [reason]);
    const said = of(word, what, reason ? {reason} : {}, reason && !refused ? value('--reason', reason) : '');
    return refused ? {...said, cli: '', refused} : said;
  };
  const rate = {
    word: 'Change the rate',
    cli: `./doundo jobs rate ${quoted(jobId)} ${job.perSecond}`,
    refused: '',
    curl: send('PATCH', url, JSON.stringify({perSecond: job.perSecond}), withKey),
  };
  const stop = why('Stop', 'stop');
  switch (job.state) {
    case 'DRAFT':
      return [of('Start', 'start'), ...(sample && !refusedByCli([], [sample]) ? [of('Try one first', 'start', {first: sample}, value('--first-flow', sample))] : []), rate];
    case 'RUNNING':
      return [why('Pause', 'pause'), stop, rate];
    case 'PAUSED':
      return [why('Resume', 'resume'), stop, rate];
    default:
      return [];
  }
}
