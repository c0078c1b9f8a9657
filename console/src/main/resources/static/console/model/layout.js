/**
 * Places the steps of a flow. A layer is the longest path from a first step, so that steps that
 * start together are side by side; four barycentre sweeps reduce edge crossings. Uses no DOM.
 */

const SWEEPS = 4;

/** How far an edge that would run behind a step is bent, and the room above for it. */
const BEND = -42;
const BEND_ROOM = 10;
export const NODE = {width: 168, height: 46, gapX: 56, gapY: 18};

/** The steps that a step waits for, however its definition declares them. */
export function dependencies(step) {
  return [...new Set([...(step.dependsOn ?? []), ...(step.after ?? []), ...(step.guard ? [step.guard.choice] : [])])];
}

/** The layer of each step by its name. A cycle, which no definition has, ends at the first repeat. */
export function layers(steps) {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const found = new Map();
  const visit = (name, above) => {
    if (found.has(name)) {
      return found.get(name);
    }
    if (above.has(name)) {
      return 0;
    }
    above.add(name);
    const before = dependencies(byName.get(name)).filter((other) => byName.has(other));
    const layer = before.length === 0 ? 0 : 1 + Math.max(...before.map((other) => visit(other, above)));
    above.delete(name);
    found.set(name, layer);
    return layer;
  };
  steps.forEach((step) => visit(step.name, new Set()));
  return found;
}

/** The steps of each layer from top to bottom. */
export function order(steps, layerOf) {
  const columns = Array.from({length: Math.max(0, ...[...layerOf.values()].map((layer) => layer + 1))}, () => []);
  steps.forEach((step) => columns[layerOf.get(step.name)].push(step.name));
  const before = new Map(steps.map((step) => [step.name, dependencies(step).filter((name) => layerOf.has(name))]));
  const next = new Map(steps.map((step) => [step.name, []]));
  for (const [name, others] of before) {
    others.forEach((other) => next.get(other).push(name));
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0;
    const range = down ? columns.keys() : [...columns.keys()].reverse();
    const place = new Map(columns.flatMap((column) => column.map((name, i) => [name, (i + 0.5) / column.length])));
    for (const layer of range) {
      const weight = new Map(columns[layer].map((name) => {
        const others = (down ? before : next).get(name);
        const sum = others.reduce((total, other) => total + place.get(other), 0);
        return [name, others.length === 0 ? place.get(name) : sum / others.length];
      }));
      // The sort is stable: ties stay in the order of the definition.
      columns[layer].sort((a, b) => weight.get(a) - weight.get(b));
      columns[layer].forEach((name, i) => place.set(name, (i + 0.5) / columns[layer].length));
    }
  }
  return columns;
}

/** Nodes with their positions, edges with their ends, and the total size. */
export function layout(steps) {
  const layerOf = layers(steps);
  const columns = order(steps, layerOf);
  const rows = Math.max(1, ...columns.map((column) => column.length));
  const height = rows * (NODE.height + NODE.gapY) - NODE.gapY;
  const nodes = new Map();
  columns.forEach((column, layer) => {
    const used = column.length * (NODE.height + NODE.gapY) - NODE.gapY;
    column.forEach((name, i) => nodes.set(name, {
      name,
      layer,
      x: layer * (NODE.width + NODE.gapX),
      y: (height - used) / 2 + i * (NODE.height + NODE.gapY),
    }));
  });
  const edges = steps.flatMap((step) => dependencies(step).filter((name) => nodes.has(name)).map((name) => {
    const [from, to] = [nodes.get(name), nodes.get(step.name)];
    const between = (node) => node.layer > from.layer && node.layer < to.layer;
    return {
      from: name,
      to: step.name,
      x1: from.x + NODE.width,
      y1: from.y + NODE.height / 2,
      x2: to.x,
      y2: to.y + NODE.height / 2,
      bend: from.y === to.y && [...nodes.values()].some((node) => between(node) && node.y === from.y) ? BEND : 0,
    };
  }));
  const top = edges.some((edge) => edge.bend) ? BEND_ROOM : 0;
  nodes.forEach((node) => { node.y += top; });
  edges.forEach((edge) => { edge.y1 += top; edge.y2 += top; });
  return {
    nodes: [...nodes.values()],
    edges,
    width: Math.max(1, columns.length) * (NODE.width + NODE.gapX) - NODE.gapX,
    height: height + top,
  };
}
