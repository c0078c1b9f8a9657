/** Handles JSON as text: numbers keep every digit, which parsing would lose. */

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gy;
const SPACE = /\s*/y;

/** Deeper nesting is not indented further, and longer texts are not laid out: they would fill the memory. */
const MOST_INDENT = 40;
const MOST_LAID_OUT = 200_000;

/** What was laid out before: pages are drawn each second. */
const MOST_KEPT = 20_000_000;
const laidOut = new Map();
let kept = 0;

function tokens(text) {
  const found = [];
  let at = 0;
  for (;;) {
    SPACE.lastIndex = at;
    SPACE.exec(text);
    at = SPACE.lastIndex;
    if (at >= text.length) {
      return found;
    }
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match) {
      return null;
    }
    found.push({text: match[0], from: at, to: TOKEN.lastIndex});
    at = TOKEN.lastIndex;
  }
}

/**
 * The text with line breaks and indentation; text that is not JSON, or very long, stays as it is.
 */
export function pretty(text) {
  if (typeof text !== 'string' || text.length > MOST_LAID_OUT) {
    return text;
  }
  let out = laidOut.get(text);
  if (out === undefined) {
    out = layOut(text);
    if (kept > MOST_KEPT) {
      laidOut.clear();
      kept = 0;
    }
    laidOut.set(text, out);
    kept += text.length + out.length;
  }
  return out;
}

function layOut(text) {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  const all = tokens(text);
  let depth = 0;
  let out = '';
  const line = () => `\n${'  '.repeat(Math.min(depth, MOST_INDENT))}`;
  all.forEach((token, i) => {
    const previous = all[i - 1]?.text;
    const next = all[i + 1]?.text;
    if (token.text === '{' || token.text === '[') {
      out += token.text;
      depth++;
      if (next !== '}' && next !== ']') {
        out += line();
      }
    } else if (token.text === '}' || token.text === ']') {
      depth--;
      out += previous === '{' || previous === '[' ? token.text : line() + token.text;
    } else if (token.text === ',') {
      out += `,${line()}`;
    } else {
      out += token.text === ':' ? ': ' : token.text;
    }
  });
  return out;
}

/** The source of a member of the outermost object; undefined when there is none. */
export function member(text, name) {
  const all = tokens(text) ?? [];
  let depth = 0;
  for (let i = 0; i < all.length; i++) {
    const token = all[i].text;
    if (depth === 1 && all[i + 1]?.text === ':' && token.startsWith('"') && JSON.parse(token) === name) {
      return text.slice(all[i + 2].from, end(all, i + 2));
    }
    if (token === '{' || token === '[') {
      depth++;
    } else if (token === '}' || token === ']') {
      depth--;
    }
  }
  return undefined;
}

function end(all, first) {
  let depth = 0;
  for (let i = first; i < all.length; i++) {
    const token = all[i].text;
    if (token === '{' || token === '[') {
      depth++;
    } else if (token === '}' || token === ']') {
      depth--;
    }
    if (depth === 0) {
      return all[i].to;
    }
  }
  return all.at(-1).to;
}

/** A name that can stand in a path as it is. */
const PLAIN_NAME = /^[\w$-]+$/;

/**
 * The source of every value that is neither an object nor an array with members, by its path, such
 * as lines[0].price; null if the text is not JSON. Of a name that occurs twice the last value counts.
 */
export function leaves(text) {
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  const all = tokens(text);
  const found = new Map();
  const open = [];
  let path = '';
  all.forEach((token, i) => {
    const next = all[i + 1]?.text;
    const top = open.at(-1);
    if (token.text === '{' || token.text === '[') {
      const isEmpty = next === '}' || next === ']';
      if (isEmpty) {
        found.set(path, token.text + next);
      }
      open.push({path, isArray: token.text === '[', at: 0});
      path = token.text === '[' ? `${path}[0]` : path;
    } else if (token.text === '}' || token.text === ']') {
      path = open.pop().path;
    } else if (token.text === ',') {
      path = top.isArray ? `${top.path}[${++top.at}]` : top.path;
    } else if (next === ':') {
      const name = JSON.parse(token.text);
      path = PLAIN_NAME.test(name) ? `${top.path}${top.path && '.'}${name}` : `${top.path}[${token.text}]`;
    } else if (token.text !== ':') {
      found.set(path, token.text);
    }
  });
  return found;
}

/** The sources of the objects in an array. */
export function elements(text) {
  const all = tokens(text) ?? [];
  const found = [];
  let depth = 0;
  all.forEach((token, i) => {
    if (token.text === '{' || token.text === '[') {
      depth++;
      if (depth === 2) {
        found.push(text.slice(token.from, end(all, i)));
      }
    } else if (token.text === '}' || token.text === ']') {
      depth--;
    }
  });
  return found;
}
