/** A dead letter that is edited and sent again: the request, what it changes, and the same as a command. */
import {post, quoted, recordFor, refusedByCli} from './command.js';

/** Longer texts are compared as a whole: a table of their lines would fill the memory. */
const MOST_LINES = 400;

/** The path of a dead letter below api/, by its id. */
export function letterApi(id, part = '') {
  const dash = id.indexOf('-');
  return `api/dead-letters/${encodeURIComponent(id.slice(0, dash))}/${encodeURIComponent(id.slice(dash + 1))}${part}`;
}

/** The body of the request; without the parts that the operator left alone, which the server then sends byte for byte. */
export function resendBody({original, value, reason}) {
  return JSON.stringify({...(value === original ? {} : {value}), ...(reason ? {reason} : {})});
}

export function resendCli({id, original, value, reason}) {
  const words = ['./doundo', 'dead-letters', 'resend', quoted(id)];
  if (value !== original) {
    words.push(`--value=${quoted(value)}`);
  }
  if (reason) {
    words.push(`--reason=${quoted(reason)}`);
  }
  return words.join(' ');
}

/** Why the command line cannot carry the edit, or an empty text. */
export function resendRefused({id, original, value, reason}) {
  return refusedByCli([id], [value === original ? '' : value, reason]);
}

export function resendCurl({url, withKey, ...edit}) {
  return post(url, resendBody(edit), withKey);
}

/** Headers of the dead letter itself, which the record before it did not have. */
const OF_THE_DEAD_LETTER = /^dead-letter-/;

/**
 * The record for the console producer, which writes no record headers: {command}, or {refused} with the reason.
 *
 * @param topic where it is sent; undefined while that is not known
 * @param value null when it cannot be written as text
 */
export function record({letter, topic, value}) {
  if (!topic) {
    return {refused: 'The topic is known when the decoder has said where the record would be sent.'};
  }
  if (value === null) {
    return {refused: 'Its value is not shown here as text. Use the CLI or curl.'};
  }
  if (letter.headers.some((header) => !OF_THE_DEAD_LETTER.test(header.name))) {
    return {refused: 'It has record headers, which the console producer would not write. Use the CLI or curl.'};
  }
  return recordFor({topic, key: letter.key, value});
}

/** The lines that an edit removes and adds, in order: [{sign: '-' | '+' | ' ', text}]. */
export function lineDiff(before, after) {
  const a = before.split('\n');
  const b = after.split('\n');
  if (a.length > MOST_LINES || b.length > MOST_LINES) {
    return before === after ? [] : [{sign: '-', text: `${a.length} lines`}, {sign: '+', text: `${b.length} lines`}];
  }
  const longest = Array.from({length: a.length + 1}, () => new Array(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i][j] = a[i] === b[j] ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  const lines = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({sign: ' ', text: a[i]});
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && longest[i + 1][j] >= longest[i][j + 1])) {
      lines.push({sign: '-', text: a[i++]});
    } else {
      lines.push({sign: '+', text: b[j++]});
    }
  }
  return lines;
}

/** What the decoder says, in one sentence. */
export function verdict(answer) {
  if (!answer) {
    return {good: false, text: ''};
  }
  if (answer.refusal) {
    return {good: false, text: answer.refusal};
  }
  const {accepted, problems} = answer.verdict;
  return accepted
    ? {good: true, text: `The record would be accepted and sent to ${answer.topic}, which needs the role ${answer.role}.`}
    : {good: false, text: `The record would become a dead letter again: ${problems.join('; ')}`};
}
