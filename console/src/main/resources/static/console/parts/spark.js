/** Small charts: a row of bars, and lines over time. Both have the same in words beside them. */
import {html, svg} from '../lib/lit-html/lit-html.js';
import {bars, lines} from '../model/chart.js';

const SPARK = {width: 120, height: 22};
const CHART = {width: 720, height: 140};

/** @param values counts, the oldest first */
export function spark(values, word) {
  return html`<svg class="spark" viewBox="0 0 ${SPARK.width} ${SPARK.height}" width=${SPARK.width} height=${SPARK.height} role="img" aria-label=${word}>
    ${bars(values, SPARK).map((bar) => svg`<rect x=${bar.x} y=${bar.y} width=${bar.width} height=${bar.height}/>`)}</svg>`;
}

/** @param series [{name, family, values}], all of the same length */
export function chartOf(series, word) {
  const drawn = lines(series, CHART);
  return html`<figure class="chart"><svg viewBox="0 0 ${CHART.width} ${CHART.height + 4}" preserveAspectRatio="none" role="img" aria-label=${word}>
      <path class="base" d="M0 ${CHART.height}H${CHART.width}"/>
      ${drawn.map((line) => svg`<path class="line ${line.family}" d=${line.d} vector-effect="non-scaling-stroke" stroke-dasharray=${line.dash}/>`)}</svg>
    <figcaption>${drawn.map((line) => html`<span class="status ${line.family}"><svg viewBox="0 0 28 8" width="28" height="8" aria-hidden="true"><path class="line" d="M0 4H28" stroke-dasharray=${line.dash}/></svg>
      ${line.name}: ${line.total.toLocaleString('en')}</span> `)}</figcaption></figure>`;
}
