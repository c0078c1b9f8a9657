/** Times in one zone for the whole page, and durations in words. */

const UNITS = [['d', 86_400_000], ['h', 3_600_000], ['m', 60_000], ['s', 1000]];

/** "2026-11-29 02:14:07", in UTC or in the zone of this computer. */
export function stamp(at, zone) {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) {
    return '';
  }
  const shown = zone === 'local' ? new Date(time.getTime() - time.getTimezoneOffset() * 60_000) : time;
  return shown.toISOString().slice(0, 19).replace('T', ' ');
}

/** The same as "02:14:07". */
export function clock(at, zone) {
  return stamp(at, zone).slice(11);
}

/** The time in the other zone and its age, for a tooltip. */
export function stampNote(at, zone, now) {
  const other = zone === 'local' ? 'UTC' : 'local';
  return `${stamp(at, other)} ${other === 'UTC' ? 'UTC' : 'local time'}, ${ago(at, now)}`;
}

/** The two largest units: "3 h 12 m", "340 ms". */
export function duration(ms) {
  if (ms === null || ms === undefined || Number.isNaN(ms)) {
    return '';
  }
  const all = Math.max(0, ms);
  if (all < 1000) {
    return `${Math.round(all)} ms`;
  }
  if (all < 10_000) {
    return `${(all / 1000).toFixed(1)} s`;
  }
  const first = UNITS.findIndex(([, size]) => all >= size);
  const [unit, size] = UNITS[first];
  const whole = Math.floor(all / size);
  const rest = UNITS[first + 1];
  const second = rest ? Math.floor((all - whole * size) / rest[1]) : 0;
  return second > 0 ? `${whole} ${unit} ${second} ${rest[0]}` : `${whole} ${unit}`;
}

export function ago(at, now) {
  const distance = now - new Date(at).getTime();
  if (Number.isNaN(distance)) {
    return '';
  }
  return distance < 0 ? `in ${duration(-distance)}` : `${duration(distance)} ago`;
}

const RELATIVE = /^-(\d{1,6})([smhd])$/;

const DAY_OR_MINUTE = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?))?$/;

/**
 * A filter's time, absolute or relative such as -1h, in the form of REST; null when invalid. A time
 * without a zone is one of the zone that the page shows.
 */
export function instant(text, now, zone = 'utc') {
  const given = text.trim();
  const relative = RELATIVE.exec(given);
  if (relative) {
    const size = UNITS.find(([unit]) => unit === relative[2])[1];
    return new Date(now - Number(relative[1]) * size).toISOString();
  }
  const bare = DAY_OR_MINUTE.exec(given);
  const time = new Date(bare ? `${bare[1]}T${bare[2] ?? '00:00'}${zone === 'local' ? '' : 'Z'}` : given);
  return Number.isNaN(time.getTime()) || given === '' ? null : time.toISOString();
}

export function isRelative(text) {
  return RELATIVE.test(text.trim());
}

/** A filter's time as its field shows it: a relative one as it was written. */
export function shownTime(text, zone) {
  return text === '' || isRelative(text) ? text : stamp(text, zone) || text;
}

/** What somebody typed as it stands in the address: relative, or in UTC; as it is when invalid. */
export function typedTime(text, zone) {
  return isRelative(text) ? text.trim() : instant(text, 0, zone) ?? text.trim();
}

const ISO = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** An ISO-8601 duration or a number of seconds in words; anything else unchanged. */
export function isoDuration(value) {
  if (typeof value === 'number') {
    return duration(value * 1000);
  }
  const match = ISO.exec(value ?? '');
  if (!match) {
    return value ?? '';
  }
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return duration(((days * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000);
}
