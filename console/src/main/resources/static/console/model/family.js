/** The parts of a step: how far they are, and how each of them stands. */
import {flowLook} from './status.js';
import {count} from './text.js';

const PLACES = {
  RUNNING: ['run', 'play', 'in progress'],
  DONE: ['done', 'check', 'completed'],
  RELEASED: ['done', 'check', 'completed'],
  FAILED: ['stop', 'cross', 'failed'],
  ASKED: ['back', 'return-hollow', 'is being taken back'],
  UNDONE: ['back', 'return', 'taken back'],
  ABANDONED: ['quiet', 'slash', 'abandoned'],
  LOST: ['stop', 'octagon', 'does not exist any more'],
};

/** How a part stands, as its flow knows it. */
export function partLook(part) {
  if (part.parked) {
    return flowLook('PARKED');
  }
  const [family, shape, word] = PLACES[part.place] ?? ['quiet', 'circle', String(part.place)];
  return {family, shape, word: part.paused ? `${word}, paused` : word};
}

/**
 * What became of the parts so far, in the order in which a bar shows it. The numbers add up to the total.
 *
 * @param parts the parts of a step as the server counts them
 */
export function progressOf(parts) {
  const at = (...places) => places.reduce((sum, place) => sum + (parts.counts?.[place] ?? 0), 0);
  const parked = parts.parked ?? 0;
  // A parked part is in progress or on its way back; nobody else has to act on the others.
  const parkedRunning = Math.min(parked, at('RUNNING'));
  return [
    {word: 'done', family: 'done', n: at('DONE', 'RELEASED')},
    {word: 'failed', family: 'stop', n: at('FAILED', 'LOST')},
    {word: 'parked', family: 'stop', n: Math.min(parked, at('RUNNING', 'ASKED'))},
    {word: 'running', family: 'run', n: at('RUNNING') - parkedRunning},
    {word: 'being taken back', family: 'back', n: Math.max(0, at('ASKED') - Math.max(0, parked - parkedRunning))},
    {word: 'taken back', family: 'back', n: at('UNDONE')},
    {word: 'abandoned', family: 'quiet', n: at('ABANDONED')},
    {word: 'left', family: 'quiet', n: Math.max(0, parts.left ?? 0)},
  ].filter((some) => some.n > 0);
}

/** "12 parts: 7 done, 1 failed, 4 left". Those that an operator has paused by themselves are counted once more. */
export function progressText(parts) {
  const some = progressOf(parts).map(({word, n}) => `${n.toLocaleString('en')} ${word}`);
  const paused = parts.paused > 0 ? `; ${parts.paused.toLocaleString('en')} of them paused` : '';
  return `${count(parts.total ?? 0, 'part')}${some.length > 0 ? `: ${some.join(', ')}` : ''}${paused}`;
}

/** Each piece of a bar that is 100 wide, with its beginning. */
export function barOf(parts) {
  const pieces = progressOf(parts);
  const all = pieces.reduce((sum, piece) => sum + piece.n, 0);
  let from = 0;
  return pieces.map((piece) => {
    const width = 100 * piece.n / all;
    from += width;
    return {...piece, x: from - width, width};
  });
}

/** The steps of a flow that have parts. */
export function stepsWithParts(flow) {
  return (flow.steps ?? []).filter((step) => step.parts);
}
