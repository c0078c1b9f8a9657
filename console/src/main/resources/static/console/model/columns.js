/** The columns of the list of flows, and which of them are shown. */

/** [name, word]; the status and the flowId are always shown, before these. */
export const COLUMNS = [
  ['key', 'Search value'], ['orchestration', 'Orchestration'], ['at', 'At'], ['error', 'Error'], ['fingerprint', 'Error group'],
  ['started', 'Started'], ['changed', 'Changed'], ['due', 'Due next'], ['took', 'Took'],
];

const USUAL = ['key', 'orchestration', 'at', 'error', 'started', 'changed', 'took'];

/**
 * The columns of a remembered choice.
 *
 * @param text their names, separated by commas; null where nobody has chosen. A name that this console does not know is left out
 */
export function columnsOf(text) {
  if (text === null) {
    return new Set(USUAL);
  }
  const chosen = text.split(',');
  return new Set(COLUMNS.map(([name]) => name).filter((name) => chosen.includes(name)));
}

/** The choice as it is remembered; null for the usual columns. */
export function columnsText(columns) {
  const text = COLUMNS.map(([name]) => name).filter((name) => columns.has(name)).join(',');
  return text === USUAL.join(',') ? null : text;
}
