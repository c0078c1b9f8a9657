/**
 * A flow's timeline as bars: for each step, its DO above the line and its UNDO below, so that the
 * way back mirrors the way forward. Uses no DOM and no clock.
 */

const ENDS = {
  STEP_SUCCESS: 'success',
  STEP_FAILED: 'failed',
  STEP_TIMED_OUT: 'doubt',
  STEP_IN_DOUBT: 'doubt',
  STEP_RETRY_EXHAUSTED: 'failed',
  STEP_SKIPPED: 'deed',
  STEP_RESOLVED: 'deed',
  STEP_GIVEN_UP: 'failed',
  STEP_NOT_TAKEN: 'none',
};

/** If a lane has more bars than this, those in its middle are folded into one. */
const MOST = 40;

/**
 * @param names the step names in row order
 * @param events the timeline as REST shows it
 * @param now the end of bars that have no end yet; null once the flow has settled
 * @return rows of bars {kind: wait|sent|backoff|doubt|folded, from, to, outcome, attempt, open},
 *     of an answered command also {handler: {from, to}} if the worker says how long its handler ran;
 *     and actions of operators {at, text}
 */
export function gantt(names, events, now) {
  const rows = new Map(names.map((name) => [name, {name, DO: [], UNDO: [], current: {}}]));
  const deeds = [];
  let start = null;
  let last = null;
  let turned = null;
  let lastSuccess = null;
  for (const event of events) {
    const at = Date.parse(event.timestamp);
    start ??= at;
    last = Math.max(last ?? at, at);
    if (event.type === 'FLOW_UNDOING') {
      turned = at;
      lastSuccess = at;
    }
    if (event.type === 'CONTROL_ACCEPTED') {
      deeds.push({at, text: event.reason ?? '', step: event.step ?? null});
    }
    const row = event.step ? rows.get(event.step) : undefined;
    if (!row) {
      continue;
    }
    const lane = event.operation ?? (turned === null ? 'DO' : 'UNDO');
    if (event.type === 'STEP_STARTED') {
      if (!row.current[lane] && row[lane].length === 0) {
        wait(row[lane], lane === 'DO' ? (lastSuccess ?? start) : (turned ?? start), at);
      }
      close(row, lane, at, null);
      row.current[lane] = {kind: 'sent', from: at, attempt: event.attempt ?? null};
    } else if (event.type === 'STEP_HELD') {
      // The command that was about to be sent was not.
      row.current[lane] = {kind: 'wait', from: at, attempt: null, text: event.reason ?? ''};
    } else if (event.type === 'STEP_WAITING') {
      close(row, lane, at, null);
      row.current[lane] = {kind: 'wait', from: at, attempt: null};
    } else if (event.type === 'STEP_RETRY_TRIGGERED') {
      close(row, lane, at, null);
      row.current[lane] = {kind: 'backoff', from: at, attempt: event.attempt ?? null, text: event.reason ?? ''};
    } else if (ENDS[event.type]) {
      const outcome = ENDS[event.type];
      close(row, lane, at, outcome, event.reason);
      tellHandler(row[lane].at(-1), event);
      if (outcome === 'doubt') {
        row.current[lane] = {kind: 'doubt', from: at, attempt: event.attempt ?? null};
      }
      if (event.type === 'STEP_SUCCESS') {
        lastSuccess = at;
        if (lane === 'UNDO') {
          // An undone step is no longer in doubt.
          close(row, 'DO', at, null);
        }
      }
    }
  }
  const end = now === null ? last : Math.max(now, last ?? now);
  const made = [...rows.values()].map((row) => {
    for (const lane of ['DO', 'UNDO']) {
      const open = row.current[lane];
      if (open) {
        row[lane].push({...open, to: end, open: now !== null, outcome: null});
      }
    }
    return {name: row.name, up: folded(row.DO), down: folded(row.UNDO)};
  });
  return {rows: made, deeds, from: start ?? 0, to: Math.max(end ?? 0, (start ?? 0) + 1)};
}

function wait(lane, from, to) {
  if (to > from) {
    lane.push({kind: 'wait', from, to, outcome: null, attempt: null, open: false});
  }
}

function close(row, lane, at, outcome, reason) {
  const open = row.current[lane];
  if (open) {
    row[lane].push({...open, to: at, outcome, open: false, text: reason ?? open.text ?? ''});
    row.current[lane] = undefined;
  } else if (outcome && outcome !== 'none' && !(row[lane].at(-1)?.to === at && row[lane].at(-1).outcome === outcome)) {
    // Two entries about the same end, such as the last allowed failure, give one bar.
    row[lane].push({kind: 'sent', from: at, to: at, outcome, attempt: null, open: false, text: reason ?? ''});
  }
}

/**
 * Puts the run of the handler into the bar of its command. The worker's clock may differ from the
 * orchestrator's: a run that does not fit into the bar is put at its end, where the answer came.
 */
function tellHandler(bar, event) {
  if (bar?.kind !== 'sent' || typeof event.handledMs !== 'number') {
    return;
  }
  const ms = Math.min(event.handledMs, bar.to - bar.from);
  const told = Date.parse(event.pickedUpAt ?? '');
  const from = told >= bar.from && told + ms <= bar.to ? told : bar.to - ms;
  bar.handler = {from, to: from + ms};
}

function folded(lane) {
  if (lane.length <= MOST) {
    return lane;
  }
  const side = MOST / 2;
  const middle = lane.slice(side, -side);
  return [
    ...lane.slice(0, side),
    {kind: 'folded', from: middle[0].from, to: middle.at(-1).to, count: middle.filter((bar) => bar.kind === 'sent').length, outcome: null, open: false},
    ...lane.slice(-side),
  ];
}

/**
 * The position of a time, from 0 to 1. If idle times are skipped, a gap in which nothing begins or
 * ends takes at most eight times the room of the median gap.
 */
export function scale(chart, skipIdle) {
  if (!skipIdle) {
    return (at) => (at - chart.from) / (chart.to - chart.from);
  }
  const bars = chart.rows.flatMap((row) => [...row.up, ...row.down]);
  const stops = [...new Set([chart.from, chart.to, ...bars.flatMap((bar) => [bar.from, bar.to])])].sort((a, b) => a - b);
  const gaps = stops.slice(1).map((stop, i) => stop - stops[i]);
  const middle = [...gaps].sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 1;
  const most = Math.max(1, middle * 8);
  const places = [0];
  gaps.forEach((gap, i) => places.push(places[i] + Math.min(gap, most)));
  const whole = places.at(-1) || 1;
  return (at) => {
    let i = stops.findLastIndex((stop) => stop <= at);
    if (i < 0) {
      return 0;
    }
    if (i === stops.length - 1) {
      return 1;
    }
    const share = (at - stops[i]) / gaps[i];
    return (places[i] + share * (places[i + 1] - places[i])) / whole;
  };
}

/** Whether a gap is so long that the rest is hard to see. */
export function hasIdle(chart) {
  const even = scale(chart, false);
  const skipped = scale(chart, true);
  const bars = chart.rows.flatMap((row) => [...row.up, ...row.down]).filter((bar) => bar.kind === 'sent');
  return bars.some((bar) => {
    const shown = even(bar.to) - even(bar.from);
    return skipped(bar.to) - skipped(bar.from) > 5 * shown && shown < 0.02;
  });
}
