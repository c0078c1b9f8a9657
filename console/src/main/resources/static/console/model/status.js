/** Statuses as operators see them: always a colour family, a shape and a word. */

/** One colour of each family for light and dark pages; app.css has the same values. */
export const PALETTE = {
  run: {light: '#1A73C9', dark: '#4F9DF0'},
  done: {light: '#006B54', dark: '#5FE3BB'},
  back: {light: '#A85B00', dark: '#F7B750'},
  stop: {light: '#B5003C', dark: '#FF5D7E'},
  doubt: {light: '#4A1486', dark: '#E0C8FF'},
  quiet: {light: '#66707B', dark: '#8E9AA6'},
};

/** The background colours. */
export const GROUND = {
  light: {page: '#F8F9FB', surface: '#FFFFFF'},
  dark: {page: '#11161C', surface: '#1A2129'},
};

const FLOW = {
  WAITING: ['run', 'play-hollow', 'waits for its definition'],
  IN_PROGRESS: ['run', 'play', 'in progress'],
  COMPLETED: ['done', 'check', 'completed'],
  UNDOING: ['back', 'return-hollow', 'is being undone'],
  UNDONE: ['back', 'return', 'undone'],
  PARKED: ['stop', 'octagon', 'parked'],
  REJECTED: ['stop', 'cross', 'rejected'],
  ABANDONED: ['quiet', 'slash', 'abandoned'],
};

const STEP = {
  PENDING: ['quiet', 'circle', 'pending'],
  COMPUTING: ['run', 'play-hollow', 'is being computed'],
  ARMED: ['run', 'play-hollow', 'about to be sent'],
  IN_PROGRESS: ['run', 'play', 'in progress'],
  WAITING: ['run', 'hourglass', 'waits'],
  HELD: ['quiet', 'pause', 'held by a breaker'],
  DO_FAIL: ['run', 'again', 'failed, will be retried'],
  DO_SUCCESS: ['done', 'check', 'done'],
  UNDOING: ['back', 'return-hollow', 'is being undone'],
  UNDO_SUCCESS: ['back', 'return', 'undone'],
  UNDO_FAIL: ['stop', 'octagon', 'undo failed'],
  RETRY_EXHAUSTED: ['stop', 'octagon', 'retries used up'],
  FAILED: ['stop', 'cross', 'failed'],
  IN_DOUBT: ['doubt', 'diamond', 'in doubt'],
  SKIPPED: ['quiet', 'dash', 'skipped'],
  NOT_TAKEN: ['quiet', 'dash', 'not taken'],
  GIVEN_UP: ['quiet', 'cross-hollow', 'given up'],
  RESOLVED: ['quiet', 'hand', 'resolved by hand'],
};

const PARKED = {
  UNDO_FAILED: 'an undo has used up its attempts',
  PIVOT_IN_DOUBT: 'nobody knows whether the point of no return was passed',
  FORWARD_EXHAUSTED: 'a step after the point of no return has used up its attempts',
  ESCALATED: 'a step timed out and asks for a person',
  ENGINE_FAULT: 'the orchestrator fails on this flow',
};

export const PARK_REASONS = Object.keys(PARKED);
export const FLOW_STATUSES = Object.keys(FLOW);
export const STEP_STATUSES = Object.keys(STEP);
const TERMINAL = new Set(['COMPLETED', 'UNDONE', 'ABANDONED', 'REJECTED']);

/** An unknown status is shown as it is, not hidden. */
function look(table, status) {
  const [family, shape, word] = table[status] ?? ['quiet', 'circle', String(status)];
  return {family, shape, word};
}

export function flowLook(status) {
  return look(FLOW, status);
}

export function stepLook(status) {
  return look(STEP, status);
}

export function isTerminal(status) {
  return TERMINAL.has(status);
}

export function parkedBecause(reason) {
  return PARKED[reason] ?? String(reason ?? 'the reason is not known');
}

/** One sentence on the flow's state, from the flow alone. */
export function flowSentence(flow) {
  const step = openStep(flow);
  const paused = flow.paused ? ' It is paused: nothing is sent until it is resumed.' : '';
  switch (flow.status) {
    case 'WAITING':
      return 'Waits for its definition to be registered.';
    case 'IN_PROGRESS':
      return (step ? `Moves: ${step.name} ${stepLook(step.status).word}.` : 'Moves.') + paused;
    case 'COMPLETED':
      return 'Has completed.';
    case 'UNDOING':
      return (step ? `Turns back: ${step.name} ${stepLook(step.status).word}.` : 'Turns back.') + paused;
    case 'UNDONE':
      return flow.leftStanding?.length
        ? `Is undone; left standing: ${flow.leftStanding.join(', ')}.`
        : 'Is undone; nothing is left standing.';
    case 'PARKED':
      return `Waits for you: ${parkedBecause(flow.parkReason)}${step ? ` (${step.name})` : ''}.`;
    case 'ABANDONED':
      return flow.leftStanding?.length
        ? `Was abandoned; left standing: ${flow.leftStanding.join(', ')}.`
        : 'Was abandoned.';
    case 'REJECTED':
      return `Never started${flow.reason ? `: ${flow.reason}` : '.'}`;
    default:
      return `Is ${flow.status}.`;
  }
}

const OPEN = ['UNDO_FAIL', 'IN_DOUBT', 'RETRY_EXHAUSTED', 'UNDOING', 'DO_FAIL', 'IN_PROGRESS', 'WAITING', 'ARMED'];

/** The flow's current step: the most alarming one first. */
export function openStep(flow) {
  for (const status of flow.status === 'PARKED' ? [...OPEN, 'FAILED'] : OPEN) {
    const step = flow.steps?.find((candidate) => candidate.status === status);
    if (step) {
      return step;
    }
  }
  return undefined;
}
