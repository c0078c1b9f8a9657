import {readFileSync} from 'node:fs';
import {assert, test} from './check.js';
import {flowLook, flowSentence, FLOW_STATUSES, GROUND, openStep, PALETTE, stepLook, STEP_STATUSES} from '../../main/resources/static/console/model/status.js';

const FAMILIES = Object.keys(PALETTE);

function channels(hex) {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
}

function linear(value) {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function luminance(hex) {
  const [r, g, b] = channels(hex).map(linear);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** Machado, Oliveira and Fernandes (2009), severity 1. */
const VISIONS = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

function lab(hex, vision) {
  const rgb = channels(hex).map(linear);
  const [r, g, b] = VISIONS[vision].map((row) => Math.min(1, Math.max(0, row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2])));
  const xyz = [
    (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047,
    0.2126729 * r + 0.7151522 * g + 0.072175 * b,
    (0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883,
  ].map((t) => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 * t + 16) / 116));
  return [116 * xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])];
}

/** CIEDE2000 as in Sharma, Wu and Dalal (2005). */
function deltaE([l1, a1, b1], [l2, a2, b2]) {
  const rad = Math.PI / 180;
  const cBar = (Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2;
  const g = 0.5 * (1 - Math.sqrt(cBar ** 7 / (cBar ** 7 + 25 ** 7)));
  const [x1, x2] = [(1 + g) * a1, (1 + g) * a2];
  const [c1, c2] = [Math.hypot(x1, b1), Math.hypot(x2, b2)];
  const hue = (b, x) => (b === 0 && x === 0 ? 0 : (Math.atan2(b, x) / rad + 360) % 360);
  const [h1, h2] = [hue(b1, x1), hue(b2, x2)];
  let dh = c1 * c2 === 0 ? 0 : h2 - h1;
  dh += dh > 180 ? -360 : dh < -180 ? 360 : 0;
  const dH = 2 * Math.sqrt(c1 * c2) * Math.sin(dh / 2 * rad);
  const [dL, dC] = [l2 - l1, c2 - c1];
  const [lMean, cMean] = [(l1 + l2) / 2, (c1 + c2) / 2];
  let hMean = h1 + h2;
  if (c1 * c2 !== 0) {
    hMean = Math.abs(h1 - h2) <= 180 ? hMean / 2 : hMean < 360 ? (hMean + 360) / 2 : (hMean - 360) / 2;
  }
  const t = 1 - 0.17 * Math.cos((hMean - 30) * rad) + 0.24 * Math.cos(2 * hMean * rad)
    + 0.32 * Math.cos((3 * hMean + 6) * rad) - 0.2 * Math.cos((4 * hMean - 63) * rad);
  const sL = 1 + 0.015 * (lMean - 50) ** 2 / Math.sqrt(20 + (lMean - 50) ** 2);
  const sC = 1 + 0.045 * cMean;
  const sH = 1 + 0.015 * cMean * t;
  const turn = -Math.sin(60 * Math.exp(-(((hMean - 275) / 25) ** 2)) * rad) * 2 * Math.sqrt(cMean ** 7 / (cMean ** 7 + 25 ** 7));
  return Math.sqrt((dL / sL) ** 2 + (dC / sC) ** 2 + (dH / sH) ** 2 + turn * (dC / sC) * (dH / sH));
}

test('the measure of colour distance agrees with a published pair', () => {
  assert.ok(Math.abs(deltaE([50, 2.6772, -79.7751], [50, 0, -82.7485]) - 2.0425) < 1e-4);
  assert.ok(Math.abs(deltaE([2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514]) - 0.9082) < 1e-4);
});

test('every colour is readable on the page and on a surface', () => {
  for (const theme of ['light', 'dark']) {
    for (const family of FAMILIES) {
      for (const [name, ground] of Object.entries(GROUND[theme])) {
        const found = contrast(PALETTE[family][theme], ground);
        assert.ok(found >= 4.5, `${family} on the ${theme} ${name}: ${found.toFixed(2)}`);
      }
    }
  }
});

test('no two colours are alike to anybody', () => {
  for (const theme of ['light', 'dark']) {
    for (const vision of Object.keys(VISIONS)) {
      FAMILIES.forEach((one, i) => FAMILIES.slice(i + 1).forEach((other) => {
        const found = deltaE(lab(PALETTE[one][theme], vision), lab(PALETTE[other][theme], vision));
        assert.ok(Math.round(found * 10) >= 96, `${one} and ${other}, ${theme}, ${vision}: ${found.toFixed(1)}`);
      }));
    }
  }
});

test('the sheet has the colours of the palette', () => {
  const css = readFileSync(new URL('../../main/resources/static/console/app.css', import.meta.url), 'utf8');
  const [light, dark] = css.split('[data-theme="dark"]');
  for (const family of FAMILIES) {
    assert.match(light.split('}')[0], new RegExp(`--${family}: ${PALETTE[family].light};`));
    assert.match(dark.split('}')[0], new RegExp(`--${family}: ${PALETTE[family].dark};`));
  }
  assert.match(light, new RegExp(`--page: ${GROUND.light.page}; --surface: ${GROUND.light.surface};`));
  assert.match(dark, new RegExp(`--page: ${GROUND.dark.page}; --surface: ${GROUND.dark.surface};`));
});

test('within a family every status has a shape or a word of its own', () => {
  for (const [look, statuses] of [[flowLook, FLOW_STATUSES], [stepLook, STEP_STATUSES]]) {
    const words = statuses.map((status) => look(status).word);
    assert.equal(new Set(words).size, words.length);
  }
  assert.equal(new Set(FLOW_STATUSES.map((status) => `${flowLook(status).family} ${flowLook(status).shape}`)).size, FLOW_STATUSES.length);
});

test('a status of a newer orchestrator is shown as it is', () => {
  assert.deepEqual(stepLook('DREAMING'), {family: 'quiet', shape: 'circle', word: 'DREAMING'});
});

test('every status has a sentence, and the sentence names the step that matters', () => {
  for (const status of FLOW_STATUSES) {
    assert.match(flowSentence({status, steps: []}), /^[A-Z].*\.$/);
  }
  const flow = {status: 'PARKED', parkReason: 'UNDO_FAILED', steps: [{name: 'a', status: 'DO_SUCCESS'}, {name: 'b', status: 'UNDO_FAIL'}]};
  assert.equal(openStep(flow).name, 'b');
  assert.equal(flowSentence(flow), 'Waits for you: an undo has used up its attempts (b).');
});
