/** The rows of a list, which never move under the pointer. */

/**
 * Merges fresh rows into the shown ones: known rows are updated in place, rows that are gone stay
 * and are marked, new rows wait until the user asks for them.
 *
 * @param isBeyond whether a row may be missing from the fresh page only because newer ones fill it
 * @return {rows, newer}; rows are {item, gone}
 */
export function merged(shown, fresh, id, isBeyond = () => false) {
  const byId = new Map(fresh.map((item) => [id(item), item]));
  const known = new Set(shown.map((row) => id(row.item)));
  return {
    rows: shown.map((row) => {
      const item = byId.get(id(row.item));
      return item ? {item, gone: false} : {item: row.item, gone: !isBeyond(row.item)};
    }),
    newer: fresh.filter((item) => !known.has(id(item))).length,
  };
}

/**
 * Whether a flow may be missing from a full page only because others fill it, in the order of the list.
 *
 * @param last the last flow of the page
 */
export function beyondPage(sort, last) {
  const by = (name, sign) => (flow) => sign * (Date.parse(flow[name]) - Date.parse(last[name])) >= 0;
  switch (sort) {
    case '':
    case '-startedAt':
      return by('startedAt', -1);
    case 'startedAt':
      return by('startedAt', 1);
    case '-updatedAt':
      return by('updatedAt', -1);
    default:
      // A flow that has changed has moved to a place that nobody knows.
      return () => true;
  }
}

export function asRows(items) {
  return items.map((item) => ({item, gone: false}));
}
