/** The counts beside a list by which it can be narrowed. */

const MOST_SHOWN = 8;

/**
 * The chips of a facet: what is chosen always stands among them, also when it has no flows.
 * @param counts of the server, by value
 * @param chosen the values of the filter
 */
export function facetChips(counts, chosen) {
  const chips = Object.entries(counts ?? {}).map(([value, n]) => ({value, word: value, n, isOn: chosen.includes(value)}));
  const missing = chosen.filter((value) => value !== '' && !(value in (counts ?? {}))).map((value) => ({value, word: value, n: 0, isOn: true}));
  return shown([...chips, ...missing]);
}

/** The same for groups of errors, which have a text for people. */
export function errorChips(groups, chosen) {
  const chips = (groups ?? []).map(({id, template, count}) => ({value: id, word: template, n: count, isOn: id === chosen}));
  return shown(chosen && !chips.some((chip) => chip.isOn) ? [...chips, {value: chosen, word: chosen, n: 0, isOn: true}] : chips);
}

function shown(chips) {
  const most = [...chips].sort((a, b) => Number(b.isOn) - Number(a.isOn) || b.n - a.n);
  return most.slice(0, Math.max(MOST_SHOWN, most.filter((chip) => chip.isOn).length));
}

/** Which single filters empty a list, to be named with what would be there without them. */
export function usedFilters(filter, words) {
  return Object.entries(words).filter(([name]) => [filter[name]].flat().some((value) => value)).map(([name, word]) => ({name, word}));
}

/** With so many values the server leaves some out. */
const MOST_COUNTED = 100;

/** Each flow has one of these, so the counts of all values are those of all flows. */
const SINGLE = ['status', 'orchestration'];

/** How many flows there would be without this filter; undefined where the facets do not say. */
export function countWithout(facets, name) {
  const counts = SINGLE.includes(name) ? Object.values(facets?.[name] ?? {}) : [];
  return counts.length === 0 || counts.length >= MOST_COUNTED ? undefined : counts.reduce((sum, n) => sum + n, 0);
}
