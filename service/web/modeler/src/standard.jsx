// What BPMN itself says of an element: name, id, notes, condition, timer, message, called process, members.
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';

import { Choice, Feel, Line, Lines } from './fields.jsx';
import { decisionOf, definitionsOf, kindOf, processOf, setDecision, subject } from './model.js';
import { page } from './page.js';

const TIMERS = [
  { id: 'timeDate', name: '到某一天' },
  { id: 'timeDuration', name: '过一段时间' },
];

function nodes(list) {
  return list.filter(Boolean);
}

/** Entries for the part 基本. */
export function basics(element, services) {
  const { modeling, bpmnFactory } = services;
  const object = subject(element);
  const put = (values) => modeling.updateModdleProperties(element, object, values);
  const ids = definitionsOf(element).$model ? object.$model.ids : null;
  const check = (id) => {
    if (id === object.id) return '';
    if (!/^[a-z][a-z0-9_]*$/.test(id)) return '用英文小写字母、数字和下划线，以字母开头。';
    return ids && ids.assigned(id) ? '这个编号已经有了。' : '';
  };
  const rename = (id) => (object === element.businessObject ? modeling.updateProperties(element, { id }) : put({ id }));
  const name = (value) => (object === element.businessObject ? modeling.updateLabel(element, value) : nameProcess(element, value));
  const nameProcess = (_, value) => {
    modeling.updateLabel(element, value);
    put({ name: value });
  };
  const notes = object.get('documentation') || [];
  return nodes([
    !is(element, 'bpmn:TextAnnotation') && (
      <Line id="name" label="名称" value={object.name || ''} write={name} />
    ),
    is(element, 'bpmn:Lane') ? (
      <Choice id="lane-group" label="候选组" hint="泳道的编号就是候选组：谁办理这一道里的任务。" value={object.id}
        options={page.words.groups}
        write={(id) => {
          if (!id || (ids && ids.assigned(id))) return;
          const group = page.words.groups.find((g) => g.id === id);
          modeling.updateProperties(element, { id });
          if (group) modeling.updateLabel(element, group.name);
        }} />
    ) : (
      <Line id="id" label="编号" hint="英文小写加下划线；发布以后最好不再改。" value={object.id} write={rename} check={check} />
    ),
    <Lines id="documentation" label="说明" value={notes.length ? notes[0].text || '' : ''}
      write={(text) => put({ documentation: text ? [bpmnFactory.create('bpmn:Documentation', { text })] : [] })} />,
  ]);
}

function expression(text, services, parent) {
  if (!text) return undefined;
  const made = services.bpmnFactory.create('bpmn:FormalExpression', { body: text });
  made.$parent = parent;
  return made;
}

function flow(element, services) {
  const object = element.businessObject;
  const body = object.conditionExpression ? object.conditionExpression.body || '' : '';
  const put = (text) =>
    services.modeling.updateProperties(element, { conditionExpression: expression(text, services, object) });
  return [<Feel id="condition" label="条件" hint="FEEL，成立时走这条线；默认路径不写条件。" value={body} write={put} />];
}

function timer(element, definition, services) {
  const kind = ['timeDate', 'timeDuration', 'timeCycle'].find((k) => definition[k]) || 'timeDate';
  const body = definition[kind] ? definition[kind].body || '' : '';
  const put = (to, text) => {
    const made = expression(text || body, services, definition);
    services.modeling.updateModdleProperties(element, definition, {
      timeDate: undefined,
      timeDuration: undefined,
      timeCycle: undefined,
      [to]: made || services.bpmnFactory.create('bpmn:FormalExpression', { body: '' }),
    });
  };
  return [
    <Choice id="timer-kind" label="定时方式" value={kind} options={TIMERS} none="（请选择）" write={(to) => to && put(to, body)} />,
    <Feel id="timer" label="时间" hint="FEEL，算出日期或时长；due_on 是所依附任务的到期日。" value={body} write={(text) => put(kind, text)} />,
  ];
}

const NAMED = {
  message: ['bpmn:Message', '消息', /^[a-z][a-z0-9_]*$/],
  signal: ['bpmn:Signal', '信号', /^[a-z][a-z0-9_]*$/],
  error: ['bpmn:Error', '错误', /^[A-Z][A-Z0-9_]*$/],
};

/** A message, signal or error by its name; a new name makes a new one. */
function named(element, holder, kind, services) {
  const [type, label, shape] = NAMED[kind];
  const definitions = definitionsOf(element);
  const all = definitions.get('rootElements').filter((r) => is(r, type));
  const nameOf = (one) => (kind === 'error' ? one.errorCode || one.name : one.name) || '';
  const current = holder.get(`${kind}Ref`);
  const { modeling, bpmnFactory } = services;
  const put = (name) => {
    let found = all.find((one) => nameOf(one) === name);
    if (name && !found) {
      found = bpmnFactory.create(type, { id: `${kind}_${name}`, name, ...(kind === 'error' ? { errorCode: name } : {}) });
      found.$parent = definitions;
      modeling.updateModdleProperties(element, definitions, { rootElements: [found, ...definitions.get('rootElements')] });
    }
    modeling.updateModdleProperties(element, holder, { [`${kind}Ref`]: name ? found : undefined });
  };
  return [
    <Line id={kind} label={label} hint={`写名称；没有的会新建。本图已有：${all.map(nameOf).join('、') || '无'}`}
      value={current ? nameOf(current) : ''} write={put}
      check={(name) => (!name || shape.test(name) ? '' : '用英文和下划线。')} />,
  ];
}

function members(element, loop, services) {
  const { modeling, bpmnFactory } = services;
  const put = (values) => modeling.updateModdleProperties(element, loop, values);
  const process = processOf(element);
  const variables = process.get('properties') || [];
  const property = (name) => {
    let found = variables.find((p) => p.id === name);
    if (!found) {
      found = bpmnFactory.create('bpmn:Property', { id: name, name });
      found.$parent = process;
      modeling.updateModdleProperties(element, process, { properties: [...variables, found] });
    }
    return found;
  };
  const reference = (id, label, hint, key) => (
    <Line id={id} label={label} hint={hint} value={loop[key] ? loop[key].id : ''}
      write={(name) => put({ [key]: name ? property(name) : undefined })}
      check={(name) => (!name || /^[a-z][a-z0-9_]*$/.test(name) ? '' : '变量名用英文小写和下划线。')} />
  );
  const item = loop.inputDataItem;
  return [
    reference('loop-list', '成员列表', '一个列表变量，每个成员一份任务。', 'loopDataInputRef'),
    <Line id="loop-item" label="成员变量" hint="在一份任务里代表这个成员的变量。" value={item ? item.name || item.id : ''}
      write={(name) => put({ inputDataItem: name ? bpmnFactory.create('bpmn:DataInput', { id: name, name }) : undefined })} />,
    reference('loop-collects', '汇总变量', '收集各成员的结果。', 'loopDataOutputRef'),
    <Feel id="loop-until" label="完成条件" hint="FEEL，成立时不再等其余成员。"
      value={loop.completionCondition ? loop.completionCondition.body || '' : ''}
      write={(text) => put({ completionCondition: expression(text, services, loop) })} />,
  ];
}

/** Entries for the part of what the element does, in the standard's own terms. */
export function standard(element, services) {
  const object = element.businessObject;
  const { modeling } = services;
  const kind = kindOf(element);
  const found = [];
  if (is(element, 'bpmn:SequenceFlow')) found.push(...flow(element, services));
  if (kind === 'businessRuleTask') {
    found.push(
      <Choice id="decision" label="决策表" value={decisionOf(element)} options={page.words.decisions}
        write={(id) => setDecision(element, id, services)} />,
    );
  }
  if (kind === 'callActivity') {
    found.push(
      <Choice id="called" label="调用的流程" value={object.calledElement || ''} options={page.words.processes}
        write={(id) => modeling.updateProperties(element, { calledElement: id || undefined })} />,
    );
  }
  if (isAny(element, ['bpmn:SendTask', 'bpmn:ReceiveTask'])) found.push(...named(element, object, 'message', services));
  for (const definition of object.eventDefinitions || []) {
    const type = definition.$type.replace('bpmn:', '').replace('EventDefinition', '').toLowerCase();
    if (type === 'timer') found.push(...timer(element, definition, services));
    if (NAMED[type]) found.push(...named(element, definition, type, services));
  }
  const loop = object.loopCharacteristics;
  if (loop && is(loop, 'bpmn:MultiInstanceLoopCharacteristics')) found.push(...members(element, loop, services));
  return found;
}
