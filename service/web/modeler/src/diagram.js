// The page of a diagram: bpmn-js with our panel, our words, checks while drawing, simulation, minimap, patterns.
import BpmnModeler from 'bpmn-js/lib/Modeler';
import { BpmnPropertiesPanelModule } from 'bpmn-js-properties-panel';
import simulationModule from 'bpmn-js-token-simulation/lib/modeler';
import minimapModule from 'diagram-js-minimap';

import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';
import '@bpmn-io/properties-panel/dist/assets/properties-panel.css';
import 'bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css';
import 'diagram-js-minimap/assets/diagram-js-minimap.css';
import './editor.css';

import { lostIn, misplaced, tell } from './altered.js';
import descriptor from './descriptor.json';
import { checking } from './findings.js';
import { idsModule } from './ids.js';
import { asItStands, calmly, changed, keep, offer, page, saving, shown, unreadable } from './page.js';
import { panelModule } from './panel.jsx';
import { patternsModule } from './patterns.js';
import { wordsModule } from './words/translate.js';

const modeler = new BpmnModeler({
  container: '#canvas',
  propertiesPanel: { parent: '#panel' },
  moddleExtensions: { spiffworkflow: descriptor },
  bpmnRenderer: {
    defaultFillColor: 'var(--surface)',
    defaultStrokeColor: 'var(--text)',
    defaultLabelColor: 'var(--text)',
  },
  additionalModules: [
    BpmnPropertiesPanelModule,
    panelModule,
    wordsModule,
    idsModule,
    patternsModule,
    minimapModule,
    simulationModule,
  ],
});
const service = (name) => modeler.get(name);

async function drawn() {
  // a carriage return inside an attribute would be read back as a space
  return (await modeler.saveXML({ format: true })).xml.replace(/\r/g, '&#13;');
}

const text = asItStands(drawn);

/** The whole drawing beside the palette, not under it. */
function fit() {
  const canvas = service('canvas');
  canvas.zoom('fit-viewport');
  const { inner, outer } = canvas.viewbox();
  const palette = Math.min(130, outer.width / 4);
  const scale = Math.min((outer.width - palette - 20) / inner.width, (outer.height - 70) / inner.height, 1);
  canvas.viewbox({
    x: inner.x - palette / scale,
    y: inner.y - 60 / scale,
    width: outer.width / scale,
    height: outer.height / scale,
  });
}

/** Show a file; what cannot be read of it is told, never dropped silently. */
async function open(source) {
  const shape = misplaced(source);
  if (shape) return unreadable(source, `这个文件画不出来：“${shape}”的图形缺少位置或大小`);
  try {
    const { warnings } = await modeler.importXML(source);
    const gone = lostIn(source, await drawn());
    if (/<!--/.test(source)) gone.push('文件里的注释');
    tell([...warnings.map((w) => w.message), ...gone]);
    shown();
    fit();
  } catch (wrong) {
    tell((wrong.warnings || []).map((w) => w.message));
    const bare = /no (diagram|process|collaboration)/.test(wrong.message); // to display
    unreadable(source, `这个文件画不出来${bare ? '：里面没有图形' : ''}`);
  }
}

let marked = [];
function mark(findings) {
  const overlays = service('overlays');
  const registry = service('elementRegistry');
  const canvas = service('canvas');
  overlays.remove({ type: 'finding' });
  marked.forEach((id) => registry.get(id) && canvas.removeMarker(id, 'has-finding'));
  const by = new Map();
  findings.forEach((f) => by.set(f.element, [...(by.get(f.element) || []), f]));
  marked = [...by.keys()].filter((id) => registry.get(id));
  marked.forEach((id) => {
    const badge = document.createElement('div');
    badge.className = 'finding-badge';
    badge.textContent = String(by.get(id).length);
    badge.title = by.get(id).map((f) => f.text).join('\n');
    canvas.addMarker(id, 'has-finding');
    overlays.add(id, 'finding', { position: { top: -10, left: -10 }, html: badge });
  });
}

function go(id) {
  const element = service('elementRegistry').get(id);
  if (!element) return;
  service('canvas').scrollToElement(element, 100);
  service('selection').select(element);
}

const check = checking(text, mark, go);

function tools() {
  const act = (id, work) => document.getElementById(id).addEventListener('click', work);
  act('undo', () => service('commandStack').undo());
  act('redo', () => service('commandStack').redo());
  act('fit', fit);
  act('find', () => service('searchPad').toggle());
  const bar = () => {
    document.getElementById('undo').disabled = !service('commandStack').canUndo();
    document.getElementById('redo').disabled = !service('commandStack').canRedo();
  };
  modeler.on('commandStack.changed', bar);
  bar();
}

/** The library hides what starts and steers a simulation where the drawing is smaller than half. */
function simulate({ active }) {
  const start = service('elementRegistry').find((one) => one.type === 'bpmn:StartEvent');
  if (!active || service('canvas').zoom() >= 0.6 || !start) return;
  service('canvas').zoom(0.6);
  service('canvas').scrollToElement(start, { top: 120, left: 220, bottom: 120, right: 120 });
}

async function begin() {
  document.getElementById('editor').hidden = false;
  await open(page.text);
  tools();
  saving(text);
  offer(open);
  const soon = calmly(check, 600);
  const copy = calmly(async () => keep(await text()), 300);
  modeler.on('commandStack.changed', () => {
    if (document.body.dataset.editor !== 'open') return;
    changed();
    copy();
    soon();
  });
  modeler.on('import.done', soon);
  modeler.on('tokenSimulation.toggleMode', simulate);
  check();
}

window.banjie = { modeler, open, text, check };
begin();
