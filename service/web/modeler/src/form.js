// The page of a form: the editor of form-js in our words, our own fields beside it, a preview by our own renderer.
import { FormEditor } from '@bpmn-io/form-js-editor';

import '@bpmn-io/form-js-viewer/dist/assets/form-js.css';
import '@bpmn-io/form-js-editor/dist/assets/form-js-editor.css';
import '@bpmn-io/form-js-editor/dist/assets/dragula.css';
import './editor.css';
import './form.css';

import { checking } from './findings.js';
import { lawModule } from './law.js';
import { asItStands, calmly, changed, keep, offer, page, saving, send, shown, unreadable } from './page.js';

// what our forms cannot hold; the service would refuse it
const UNKNOWN = ['button', 'html', 'iframe', 'image', 'table', 'documentPreview', 'columns'];
const fewer = {
  __init__: ['fewer'],
  fewer: ['type', Object.assign(function fewer(formFields) {
    UNKNOWN.forEach((type) => { delete formFields._formFields[type]; });
  }, { $inject: ['formFields'] })],
};

const editor = new FormEditor({
  container: '#canvas',
  palette: { parent: '#palette' },
  propertiesPanel: { parent: '#panel' },
  additionalModules: [fewer, lawModule],
});

let opened = {}; // the form as it was read, whose order of names and whose version are kept
let grown = new Map(); // by id of a component, what the editor itself wrote into it when it was opened

/** `value` with the names of objects in the order in which `before` has them. */
function ordered(value, before) {
  if (Array.isArray(value)) {
    const known = new Map((Array.isArray(before) ? before : []).map((one) => [one && one.id, one]));
    return value.map((one, at) => ordered(one, (one && one.id && known.get(one.id)) || (before || [])[at]));
  }
  if (!value || typeof value !== 'object') return value;
  const names = before && typeof before === 'object' && !Array.isArray(before) ? Object.keys(before) : [];
  const all = [...names.filter((n) => n in value), ...Object.keys(value).filter((n) => !names.includes(n)).sort()];
  return Object.fromEntries(all.map((n) => [n, ordered(value[n], before && before[n])]));
}

function walked(components, visit) {
  (components || []).forEach((one) => { visit(one); walked(one.components, visit); });
}

/** Note what the editor has added by itself, so that it is not taken for a change. */
function noteGrown() {
  const before = new Map();
  grown = new Map();
  walked(opened.components, (one) => before.set(one.id, one));
  walked(editor.saveSchema().components, (one) => {
    const was = before.get(one.id) || one;
    grown.set(one.id, Object.entries(one).filter(([name]) => !(name in was)));
  });
}

/** The file as it stands in the editor. */
async function drawn() {
  const form = { ...editor.saveSchema(), schemaVersion: opened.schemaVersion };
  walked(form.components, (one) =>
    (grown.get(one.id) || []).forEach(([name, value]) => { if (same(one[name], value)) delete one[name]; }));
  return `${JSON.stringify(ordered(form, opened), null, 2)}\n`;
}

const text = asItStands(drawn);

function same(a, b) {
  if (a === b) return true;
  if (!a || !b || typeof a !== 'object' || typeof b !== 'object') return false;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((n) => same(a[n], b[n]));
}

function tellAltered(found) {
  const box = document.getElementById('warnings');
  box.hidden = !found.length;
  box.querySelector('ul').replaceChildren(
    ...found.slice(0, 20).map((one) => Object.assign(document.createElement('li'), { textContent: one })),
  );
}

async function open(source) {
  try {
    opened = JSON.parse(source);
    const { warnings } = await editor.importSchema(JSON.parse(source));
    noteGrown();
    const said = warnings.map((w) => w.message);
    if (!same(JSON.parse(await drawn()), opened)) said.push('编辑器保存的内容与原件不同');
    tellAltered(said);
    shown();
  } catch (wrong) {
    unreadable(source, '这个文件打不开');
  }
}

const fields = () => editor.get('formFieldRegistry').getAll();

/** Show a field: findings name the key or the id. */
function go(name) {
  const found = fields().find((f) => f.key === name) || fields().find((f) => f.id === name);
  if (found) editor.get('selection').set(found);
}

const check = checking(text, () => {}, go);
const preview = document.getElementById('preview');
let asked = 0;

/** The form as people will see it, with what stands in the preview. */
async function show() {
  const mine = (asked += 1);
  const pairs = [...new FormData(preview)].filter(([, value]) => typeof value === 'string');
  try {
    const answer = await send('POST', page.preview, { path: page.path, text: await text(), pairs });
    if (mine !== asked) return;
    const focused = document.activeElement && preview.contains(document.activeElement) ? document.activeElement.id : '';
    preview.innerHTML = answer.html; // made by our own templates, which escape what they are given
    const again = focused && document.getElementById(focused);
    if (again) again.focus();
  } catch (wrong) {
    preview.textContent = wrong.message;
  }
}

async function begin() {
  document.getElementById('editor').hidden = false;
  await open(page.text);
  const soon = calmly(() => Promise.all([check(), show()]), 500);
  const copy = calmly(async () => keep(await text()), 300);
  const stack = editor.get('commandStack');
  editor.on('commandStack.changed', () => {
    document.getElementById('undo').disabled = !stack.canUndo();
    document.getElementById('redo').disabled = !stack.canRedo();
    if (document.body.dataset.editor !== 'open') return;
    changed();
    copy();
    soon();
  });
  document.getElementById('undo').addEventListener('click', () => stack.undo());
  document.getElementById('redo').addEventListener('click', () => stack.redo());
  preview.addEventListener('change', calmly(show, 200));
  preview.addEventListener('submit', (event) => event.preventDefault());
  saving(text);
  offer(async (source) => { await open(source); soon(); });
  check();
  show();
}

window.banjie = { editor, open, text, check, select: go };
begin();
