/**
 * Makes foreign text safe to display: nothing in it is invisible or changes the writing direction.
 */

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** Spells out control and format characters; line breaks and tabs can be kept. */
export function visible(text, {lines = false} = {}) {
  return String(text ?? '').replace(INVISIBLE, (char) =>
    lines && (char === '\n' || char === '\t')
      ? char
      : `\u27e8U+${char.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}\u27e9`);
}

/** The beginning of a long text, and the length of the rest. */
export function cut(text, most) {
  const all = visible(text);
  return all.length <= most ? all : `${all.slice(0, most)}… (${all.length.toLocaleString('en')} characters)`;
}

export function count(n, one, many = `${one}s`) {
  return `${Number(n).toLocaleString('en')} ${n === 1 ? one : many}`;
}

/** A constant of the server as words: "retry triggered" of RETRY_TRIGGERED. */
export function wordOf(constant) {
  return visible(constant).toLowerCase().replaceAll('_', ' ');
}
