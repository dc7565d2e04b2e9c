// Usual pieces, copied as they stand in another drawing of the draft and inserted behind the selected element.
import BpmnModeler from 'bpmn-js/lib/Modeler';
import { is } from 'bpmn-js/lib/util/ModelUtil';

import descriptor from './descriptor.json';
import { processOf } from './model.js';
import { page, say } from './page.js';

const GAP = 50;

/** The drawing from which a pattern is copied, read once. */
const sources = new Map();
async function sourceOf(path) {
  if (!sources.has(path)) {
    const answer = await fetch(`${page.file}?path=${encodeURIComponent(path)}`);
    const modeler = new BpmnModeler({ moddleExtensions: { spiffworkflow: descriptor } });
    await modeler.importXML(await answer.text());
    sources.set(path, modeler);
  }
  return sources.get(path);
}

/** Why a pattern cannot be inserted here, '' when it can. */
function refusal(selected) {
  if (selected.length !== 1 || !is(selected[0], 'bpmn:FlowNode') || selected[0].type === 'label') {
    return '先选中一个环节，常用做法接在它的后面。';
  }
  const flows = selected[0].outgoing.filter((c) => is(c, 'bpmn:SequenceFlow'));
  return flows.length === 1 ? '' : '请选中只有一条出线的环节。';
}

/** One step that can be undone: make room, copy the elements in a row, connect them. */
class Insert {
  constructor(modeling, copyPaste, spaceTool, elementRegistry, bpmnFactory) {
    Object.assign(this, { modeling, copyPaste, spaceTool, elementRegistry, bpmnFactory });
  }

  preExecute(context) {
    const { source, pattern, after } = context;
    const registry = source.get('elementRegistry');
    const originals = pattern.elements.map((id) => registry.get(id));
    const flow = after.outgoing.find((c) => is(c, 'bpmn:SequenceFlow'));
    const next = flow.target;
    this.room(after, originals.reduce((sum, e) => sum + e.width + GAP, 0));
    let x = after.x + after.width + GAP;
    const made = originals.map((original) => {
      const point = { x: x + original.width / 2, y: after.y + after.height / 2 };
      x += original.width + GAP;
      return this.copy(source, original, after.parent, point);
    });
    this.modeling.reconnectEnd(flow, made[0], { x: made[0].x, y: made[0].y + made[0].height / 2 });
    made.slice(1).forEach((element, at) => this.modeling.connect(made[at], element));
    const last = made[made.length - 1];
    const onward = this.modeling.connect(last, next);
    if (pattern.back) this.branch(originals[originals.length - 1].businessObject, last, onward, after);
    context.made = made;
  }

  room(after, width) {
    const all = this.elementRegistry.filter((e) => !e.waypoints && e.parent && e.type !== 'label');
    const start = after.x + after.width + 1;
    const { movingShapes, resizingShapes } = this.spaceTool.calculateAdjustments(all, 'x', width, start);
    this.spaceTool.makeSpace(movingShapes, resizingShapes, { x: width, y: 0 }, 'e', start);
  }

  copy(source, original, parent, point) {
    const tree = source.get('copyPaste').copy([original]);
    const pasted = this.copyPaste.paste({ tree, element: parent, point });
    const element = pasted.find((e) => is(e, 'bpmn:FlowNode') && e.type !== 'label');
    this.modeling.removeElements([...element.attachers]); // they lead elsewhere
    const delta = { x: point.x - element.x - element.width / 2, y: point.y - element.y - element.height / 2 };
    if (delta.x || delta.y) this.modeling.moveElements([element], delta);
    const from = original.businessObject.loopCharacteristics;
    const to = element.businessObject.loopCharacteristics;
    if (from && from.loopDataInputRef) this.members(element, from.loopDataInputRef.id, to);
    return element;
  }

  // the list variable of the members is declared by the process, which is not copied
  members(element, name, loop) {
    const process = processOf(element);
    const variables = process.get('properties') || [];
    let variable = variables.find((p) => p.id === name);
    if (!variable) {
      variable = this.bpmnFactory.create('bpmn:Property', { id: name, name });
      variable.$parent = process;
      this.modeling.updateModdleProperties(element, process, { properties: [...variables, variable] });
    }
    this.modeling.updateModdleProperties(element, loop, { loopDataInputRef: variable });
  }

  // what the original's ways are called and ask stays: the default one goes back, the other one on
  branch(original, gateway, onward, after) {
    const says = (flow, own) => {
      const condition = flow.conditionExpression;
      this.modeling.updateProperties(own, {
        name: flow.name,
        conditionExpression: condition && this.bpmnFactory.create('bpmn:FormalExpression', { body: condition.body }),
      });
    };
    says(original.outgoing.find((f) => f !== original.default), onward);
    const back = this.modeling.connect(gateway, after);
    this.below(back, gateway, after);
    says(original.default, back);
    this.modeling.updateProperties(gateway, { default: back.businessObject });
  }

  // back flows run below the row, never through it
  below(flow, from, to) {
    const [start, end] = [from.x + from.width / 2, to.x + to.width / 2];
    const bottom = to.y + to.height;
    const row = Math.max(from.y + from.height, bottom) + 40;
    this.modeling.updateWaypoints(flow, [
      { x: start, y: from.y + from.height },
      { x: start, y: row },
      { x: end, y: row },
      { x: end, y: bottom },
    ]);
  }
}
Insert.$inject = ['modeling', 'copyPaste', 'spaceTool', 'elementRegistry', 'bpmnFactory'];

/** Entries of the palette. */
class Patterns {
  constructor(palette, commandStack, selection) {
    Object.assign(this, { commandStack, selection });
    commandStack.registerHandler('pattern.insert', Insert);
    palette.registerProvider(400, this);
  }

  async insert(pattern) {
    const selected = this.selection.get();
    const refused = refusal(selected);
    if (refused) {
      say(refused, true);
      return;
    }
    const source = await sourceOf(pattern.path);
    const context = { source, pattern, after: selected[0] };
    this.commandStack.execute('pattern.insert', context);
    this.selection.select(context.made);
    say(`已插入${pattern.name}，还没有保存`);
  }

  getPaletteEntries() {
    const entries = { 'pattern-separator': { group: 'patterns', separator: true } };
    page.words.patterns.forEach((pattern) => {
      entries[`pattern.${pattern.id}`] = {
        group: 'patterns',
        className: `pattern-entry`,
        html: `<div class="entry pattern-entry" draggable="false" tabindex="0">${pattern.sign}</div>`,
        title: `${pattern.name}：接在选中的环节之后`,
        action: { click: () => this.insert(pattern) },
      };
    });
    return entries;
  }
}
Patterns.$inject = ['palette', 'commandStack', 'selection'];

export const patternsModule = { __init__: ['banjiePatterns'], banjiePatterns: ['type', Patterns] };
