// What the regulation asks of a field: our `properties` of a component, as a group of the form editor's panel.
import { h } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { page, send } from './page.js';

// name, label, hint, kind, types of components that may have it (none: all)
const PROPERTIES = [
  ['article', '依据条款', '条款编号，用空格分开', 'clauses'],
  ['hint', '栏目下的一句话', '', 'line'],
  ['rule', '填写规则', '算式（FEEL），填了以后必须成立', 'feel'],
  ['ruleMessage', '规则不成立时的提示', '说明怎么改', 'line'],
  ['requiredIf', '何时必填', '算式（FEEL），成立时必须填写', 'feel'],
  ['format', '金额', '', 'money', ['number', 'expression']],
  ['suggest', '建议的名单', '名单的名称，可以不照它填', 'line', ['textfield']],
  ['template', '先打印的单子', '单子的编号：填好、签字、盖章后扫描上传', 'line', ['filepicker']],
  ['minRows', '最少几行', '', 'line', ['dynamiclist']],
  ['maxRows', '最多几行', '', 'line', ['dynamiclist']],
  ['public', '公开', '', 'public'],
  ['purge', '涉密清除', '选了这个值，本表单的其他内容不得保留', 'line', ['radio', 'select']],
];
const NOT_SHOWN = new Set(['custom-values', 'security-attributes']);
const PUBLIC = [['', '不公开'], ['yes', '公开'], ['key', '公开，同值的后来者取代先前的'], ['withdraws', '选“是”即撤回']];

function useProblem(text, kind) {
  const [problem, setProblem] = useState('');
  useEffect(() => {
    if (kind !== 'feel' || !text.trim()) return setProblem('');
    let current = true;
    const timer = setTimeout(() => {
      const body = { text: text.replace(/^=/, '') };
      send('POST', page.feel, body).then((a) => current && setProblem(a.problem), () => {});
    }, 300);
    return () => { current = false; clearTimeout(timer); };
  }, [text, kind]);
  return problem;
}

const input = 'bio-properties-panel-input';

function control(kind, id, text, setText, write) {
  const commit = (event) => write(event.target.value.trim());
  const typed = { id, value: text, onInput: (e) => setText(e.target.value), onChange: commit };
  if (kind === 'money') {
    return h('select', { id, class: input, value: text, onChange: commit },
      h('option', { value: '' }, '不是金额'), h('option', { value: 'money' }, '元，两位小数，旁边显示万元'));
  }
  if (kind === 'public') {
    return h('select', { id, class: input, value: text, onChange: commit },
      PUBLIC.map(([value, words]) => h('option', { value }, words)));
  }
  if (kind === 'feel') return h('textarea', { ...typed, class: `${input} is-feel`, rows: 2, spellcheck: false });
  return h('input', { ...typed, class: input, type: 'text', autocomplete: 'off', list: kind === 'clauses' ? 'clauses' : undefined });
}

/** The words of the clauses, and of those that are unknown that they are. */
function Clauses({ text }) {
  const known = new Map(page.words.clauses.map((c) => [c.id, c.name]));
  return h('ul', { class: 'law-clauses' }, text.split(/\s+/).filter(Boolean).map((id) =>
    h('li', { class: known.has(id) ? '' : 'is-bad' }, `${id}　${known.get(id) || '没有这一条'}`)));
}

function Entry({ id, label, hint, kind, value, write }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const problem = useProblem(text, kind);
  return h('div', { class: `bio-properties-panel-entry ${problem ? 'has-error' : ''}`, 'data-entry-id': id },
    h('label', { class: 'bio-properties-panel-label', for: id }, label),
    control(kind, id, text, setText, write),
    kind === 'clauses' ? h(Clauses, { text }) : null,
    problem ? h('div', { class: 'bio-properties-panel-error', role: 'alert' }, problem) : null,
    hint ? h('div', { class: 'bio-properties-panel-description' }, hint) : null);
}

function entries(field, editField) {
  const own = field.properties || {};
  const write = (name) => (value) => {
    if (value === (own[name] || '')) return;
    const { [name]: gone, ...rest } = own;
    editField(field, ['properties'], value ? { ...own, [name]: value } : rest);
  };
  return PROPERTIES.filter(([name, , , , types]) => !types || types.includes(field.type) || own[name] !== undefined)
    .map(([name, label, hint, kind]) => ({
      id: `law-${name}`,
      component: Entry,
      label,
      hint,
      kind,
      value: String(own[name] ?? ''),
      write: write(name),
      isEdited: () => own[name] !== undefined,
    }));
}

function Law(propertiesPanel) {
  propertiesPanel.registerProvider(this, 400);
  const list = document.createElement('datalist');
  list.id = 'clauses';
  list.append(...page.words.clauses.map((c) => Object.assign(document.createElement('option'), { value: c.id, label: c.name })));
  document.body.append(list);
}
Law.$inject = ['propertiesPanel'];
Law.prototype.getGroups = (field, editField) => (groups) => {
  if (!field || field.type === 'default') return groups;
  const group = { id: 'law', label: '办法', entries: entries(field, editField), shouldOpen: true };
  const [first, ...rest] = groups.filter((g) => !NOT_SHOWN.has(g.id));
  return [first, group, ...rest].filter(Boolean);
};

export const lawModule = { __init__: ['law'], law: ['type', Law] };
