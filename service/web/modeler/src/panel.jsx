// The properties panel: what BPMN says of an element, and what the regulation asks of it, from one vocabulary.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { Group } from '@bpmn-io/properties-panel';

import { Choice, Feel, Line, Pairs, Several } from './fields.jsx';
import { familyOf, kindOf, processOf, propertiesOf, setFamily, setProperty, subject, valueOf } from './model.js';
import { page } from './page.js';
import { basics, standard } from './standard.jsx';

const DUTIES = [
  { id: 'apply', name: '申请' },
  { id: 'review', name: '审核' },
  { id: 'decide', name: '审定' },
];
const WORDS = { no: '不能', stops: '暂停计时', none: '不属于项目', optional: '可以属于项目' };
const PARTS = [
  ['law', '依据', ['article', 'act', 'unreachable']],
  ['work', '办理', ['form', 'due', 'duty', 'gate', 'documents', 'foresees', 'group', 'unit', 'person', 'agent', 'return',
    'clock', 'publishes', 'operator', 'project', 'starters', 'notify']],
  ['result', '结果', ['outputs', 'result', 'sets']],
];

function split(text, by) {
  return text
    .split(';')
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const at = part.indexOf(by);
      return at < 0 ? [part, ''] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    });
}

const joined = (pairs) => pairs.map(([name, value]) => `${name}:${value}`).join('; ');

function ruleTasks(element) {
  const all = [];
  const walk = (holder) =>
    (holder.get('flowElements') || []).forEach((node) => {
      if (is(node, 'bpmn:BusinessRuleTask')) all.push({ id: node.id, name: node.name });
      if (is(node, 'bpmn:SubProcess')) walk(node);
    });
  walk(processOf(element));
  return all;
}

function field(property, element, services) {
  const { words } = page;
  const own = {
    id: `p-${property.name}`,
    label: property.label,
    hint: property.hint,
    value: valueOf(element, property.name),
    write: (value) => setProperty(element, property.name, value, services),
  };
  const choice = (options) => <Choice {...own} options={options} />;
  switch (property.kind) {
    case 'clauses':
      return <Several {...own} options={words.clauses} placeholder="输入条款编号或文字" />;
    case 'groups':
      return <Several {...own} options={words.groups} placeholder="输入组的名称" />;
    case 'act':
      return choice(words.acts.map((a) => ({ id: a.id, name: a.name && `条款 ${a.name}` })));
    case 'duty':
      return choice(DUTIES);
    case 'form':
      return choice(words.forms);
    case 'decision':
      return choice(words.decisions);
    case 'rule':
      return choice(ruleTasks(element));
    case 'feel':
      return <Feel {...own} />;
    case 'outputs':
    case 'sets':
      return (
        <Pairs {...own} value={split(own.value, ':')} write={(pairs) => own.write(joined(pairs))}
          words={['变量', property.kind === 'sets' ? '值' : '取值，如 yes|no，或 number、date']} />
      );
    case 'text':
      return <Line {...own} />;
    default:
      return choice(property.kind.split('|').map((word) => ({ id: word, name: WORDS[word] })));
  }
}

function offered(property, element) {
  if (is(element, 'bpmn:Participant')) return property.name === 'article';
  if (!is(element, 'bpmn:FlowNode')) return false;
  return !property.on.length || property.on.includes(kindOf(element));
}

function ours(element, services) {
  const held = new Set(propertiesOf(element).map(([name]) => name));
  const byName = Object.fromEntries(page.words.properties.map((p) => [p.name, p]));
  const parts = PARTS.map(([id, label, names]) => [
    id,
    label,
    names.map((n) => byName[n]).filter((p) => p && (offered(p, element) || held.has(p.name))).map((p) => field(p, element, services)),
  ]);
  const result = parts.find(([id]) => id === 'result')[2];
  for (const family of page.words.families) {
    const pairs = familyOf(element, family.name);
    if (!pairs.length && !(is(element, 'bpmn:FlowNode') && offered(family, element))) continue;
    result.push(
      <Pairs id={`f-${family.name}`} label={family.label} hint={family.hint} value={pairs} feel
        words={['名称', '算式（FEEL）']} write={(next) => setFamily(element, family.name, next, services)} />,
    );
  }
  return parts;
}

// one component for all entries: a field keeps its focus while the drawing changes around it
function Shown({ shown, element }) {
  return <div key={element.id}>{shown}</div>;
}

/** Groups of the panel for one element. */
export class BanjieProvider {
  constructor(propertiesPanel, modeling, bpmnFactory, translate) {
    this.translate = translate;
    this.services = { modeling, bpmnFactory };
    propertiesPanel.registerProvider(500, this);
  }

  getGroups(element) {
    return (groups) => {
      if (!subject(element) || is(element, 'bpmn:Collaboration')) return groups;
      const parts = [
        ['basics', '基本', basics(element, this.services)],
        ['standard', '动作', standard(element, this.services)],
        ...ours(element, this.services),
      ];
      return [
        ...groups,
        ...parts
          .filter(([, , entries]) => entries.length)
          .map(([id, label, entries]) => ({
            id,
            label,
            component: Group,
            shouldOpen: true,
            translate: this.translate,
            entries: entries.map((shown) => ({
              id: shown.props.id,
              shown,
              component: Shown,
              isEdited: () => false,
            })),
          })),
      ];
    };
  }
}
BanjieProvider.$inject = ['propertiesPanel', 'modeling', 'bpmnFactory', 'translate'];

export const panelModule = { __init__: ['banjieProvider'], banjieProvider: ['type', BanjieProvider] };
