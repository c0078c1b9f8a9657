/** Hostile words for whatever quotes, shows or parses them. */

const HOSTILE = [
  'ord-17', '', '-', '--', '-rf', '--reason=x', '-h', '@/etc/passwd', '~', '~root', '*', '?', '[a-z]*', '{a,b}', '!', '!!', '#x', '%s', '%00', '%n\\n',
  '$HOME', '${HOME}', '$(touch owned)', '`touch owned`', '"$(touch owned)"', "'$(touch owned)'", "'; touch owned; '", '"; touch owned; "', '& touch owned &', '| touch owned', '> owned', '< /etc/passwd', '\n touch owned\n',
  "'", "''", "'\\''", '"', '\\', '\\\\', '\\n', 'a\\', "\\'", '\\"', "$'\\x41'", '$"x"', ' ', '  two  ', '\t', 'a\tb', '\n', 'a\n', '\na', 'a\n\n', 'a\r\nb', '\r',
  '\u0001', '\u0007', '\u001b]0;owned\u0007', '\u001b[31m', '\u007f', '\u0080', '\u009b31m', '\u202Egnp.exe', '\u2066x\u2069', '\u200b', '\ufeff', '\u2028', '\u00ad', '\u{E0041}', 'ünï', '😀', '漢字', 'é', '؟',
  '<img src=x onerror=alert(1)>', '</script>', '../../etc', '/etc/passwd', 'a/b', 'a b', 'a&b=c', 'a?b#c', 'a;b', 'a,b', 'a=b', 'a:b', '.', '..', '\u0001\n\u0001', "a'\u0001'b", "\u0001'", '$\u0001(x)', "' \n '",
];
const CHARS = ['a', 'Z', '0', ' ', "'", '"', '\\', '$', '`', '(', ')', '{', '}', ';', '&', '|', '<', '>', '*', '?', '!', '#', '%', '~', '-', '=', '@', '/', '.', ',', ':', '\t', '\n', '\r', '\u0001', '\u001b', '\u007f', '\u202e', '\u00e9', '\u{1F600}', 'touch owned'];

/** The same words each time: a failure can be repeated. */
function words(count) {
  let seed = 4711;
  const next = (most) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return Math.floor((seed / 2 ** 32) * most);
  };
  const made = Array.from({length: count - HOSTILE.length}, () => Array.from({length: 1 + next(12)}, () => CHARS[next(CHARS.length)]).join(''));
  return [...HOSTILE, ...made];
}

/** Words that a careless page or shell would stumble on. */
export const WORDS = words(200);

/** 200 verbs whose flow, step and reason are such words. */
export const VERBS = WORDS.map((word, i) => ({verb: 'retry', flowId: word || 'f', step: WORDS[(i * 7 + 3) % 200], reason: WORDS[(i * 13 + 5) % 200], payload: '{"n":1.0}'}));
