// The page of a decision table: dmn-js in our words, checked while it is edited.
import DmnModeler from 'dmn-js/lib/Modeler';

import 'dmn-js/dist/assets/diagram-js.css';
import 'dmn-js/dist/assets/dmn-js-shared.css';
import 'dmn-js/dist/assets/dmn-js-drd.css';
import 'dmn-js/dist/assets/dmn-js-decision-table.css';
import 'dmn-js/dist/assets/dmn-js-decision-table-controls.css';
import 'dmn-js/dist/assets/dmn-js-literal-expression.css';
import 'dmn-js/dist/assets/dmn-font/css/dmn.css';
import './editor.css';
import './table.css';

import { lostIn, tell } from './altered.js';
import { checking } from './findings.js';
import { asItStands, calmly, changed, keep, offer, page, saving, shown, unreadable } from './page.js';
import { wordsModule } from './words/translate.js';

const words = { additionalModules: [wordsModule] };
const modeler = new DmnModeler({
  container: '#canvas',
  drd: words,
  decisionTable: words,
  literalExpression: words,
  boxedExpression: words,
});
const stack = () => modeler.getActiveViewer().get('commandStack');

const LETTERS = 350; // dmn-js waits 300 ms for more letters before it takes them over
let typed = 0;

/** The file as it stands in the editor, the last letters too. */
async function drawn() {
  await new Promise((go) => setTimeout(go, Math.max(0, typed + LETTERS - Date.now())));
  return (await modeler.saveXML({ format: true })).xml;
}

/** Buttons for the decisions of the file and their relations. */
function views() {
  const active = modeler.getActiveView();
  document.getElementById('views').replaceChildren(
    ...modeler.getViews().map((view) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'btn btn-small';
      button.textContent = view.type === 'drd' ? '决策关系图' : view.element.name || view.element.id;
      button.setAttribute('aria-pressed', String(Boolean(active) && view.element === active.element));
      button.addEventListener('click', () => modeler.open(view));
      return button;
    }),
  );
}

const text = asItStands(drawn);

async function open(source) {
  try {
    const { warnings } = await modeler.importXML(source);
    const first = modeler.getViews().find((view) => view.type === 'decisionTable');
    if (first) await modeler.open(first);
    const gone = lostIn(source, await drawn());
    if (/<!--/.test(source)) gone.push('文件里的注释');
    tell([...warnings.map((w) => w.message), ...gone]);
    shown();
  } catch (wrong) {
    unreadable(source, '这个文件打不开');
  }
}

function go(id) {
  const view = modeler.getViews().find((v) => v.element.id === id);
  if (view) modeler.open(view);
}

const check = checking(text, () => {}, go);

async function begin() {
  document.getElementById('editor').hidden = false;
  document.getElementById('canvas').addEventListener('input', () => { typed = Date.now(); }, true);
  const soon = calmly(check, 600);
  const copy = calmly(async () => keep(await text()), 300);
  const bar = () => {
    document.getElementById('undo').disabled = !stack().canUndo();
    document.getElementById('redo').disabled = !stack().canRedo();
  };
  const known = new WeakSet();
  modeler.on('views.changed', () => {
    views();
    const viewer = modeler.getActiveViewer();
    if (!viewer || known.has(viewer)) return;
    known.add(viewer);
    viewer.on('commandStack.changed', () => {
      bar();
      if (document.body.dataset.editor !== 'open' || !(stack().canUndo() || stack().canRedo())) return;
      changed();
      copy();
      soon();
    });
  });
  await open(page.text);
  document.getElementById('undo').addEventListener('click', () => stack().undo());
  document.getElementById('redo').addEventListener('click', () => stack().redo());
  saving(text);
  offer(open);
  check();
}

window.banjie = { modeler, open, text, check };
begin();
