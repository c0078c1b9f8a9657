/**
 * Prints the three commands of each hostile verb as JSON, for a test that gives them to sh and to
 * the real command line: null where the console says why one cannot carry the request.
 *
 *   node say.mjs http://localhost:8080
 */
import {cli, curl, kafka, refusedByCli} from '../../main/resources/static/console/model/command.js';
import {flowApi} from '../../main/resources/static/console/model/url.js';
import {VERBS} from './words.js';

const base = process.argv[2];
console.log(JSON.stringify(VERBS.map((verb) => {
  const record = kafka(verb);
  return {
    ...verb,
    cli: refusedByCli([verb.flowId], [verb.step, verb.reason]) === '' ? cli(verb) : null,
    curl: curl({...verb, url: `${base}/${flowApi(verb.flowId, verb.verb)}`, withKey: false}),
    kafka: record.refused ? null : record.command,
  };
})));
