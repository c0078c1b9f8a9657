/** Text of others made safe to look at: nothing in it is invisible or turns the line around. */

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** Controls and format characters are spelled out; line breaks and tabs stay when asked for. */
export function visible(text, {lines = false} = {}) {
  return String(text ?? '').replace(INVISIBLE, (char) =>
    lines && (char === '\n' || char === '\t')
      ? char
      : `\u27e8U+${char.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}\u27e9`);
}

/** The beginning of a long text, and how much is missing. */
export function cut(text, most) {
  const all = visible(text);
  return all.length <= most ? all : `${all.slice(0, most)}… (${all.length.toLocaleString('en')} characters)`;
}

export function count(n, one, many = `${one}s`) {
  return `${Number(n).toLocaleString('en')} ${n === 1 ? one : many}`;
}
