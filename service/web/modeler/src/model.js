// Reading and writing what our properties say of an element; every change is one step that can be undone.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';

/** The thing that is described: for a pool, its process. */
export function subject(element) {
  const object = getBusinessObject(element);
  return is(element, 'bpmn:Participant') && object.processRef ? object.processRef : object;
}

/** The kind of an element as our vocabulary names it: userTask, startEvent … */
export function kindOf(element) {
  const type = getBusinessObject(element).$type.replace('bpmn:', '');
  return type[0].toLowerCase() + type.slice(1);
}

function extension(object, type) {
  const values = object.extensionElements ? object.extensionElements.get('values') : [];
  return values.find((v) => is(v, type));
}

/** [name, value] of all properties, in the order of the file. */
export function propertiesOf(element) {
  const found = extension(subject(element), 'spiffworkflow:Properties');
  return found ? found.get('values').map((p) => [p.name, p.value || '']) : [];
}

/** The value of a property, '' without it. */
export function valueOf(element, name) {
  const found = propertiesOf(element).find(([own]) => own === name);
  return found ? found[1] : '';
}

function rewritten(element, values, factory) {
  const object = subject(element);
  const extensions = factory.create('bpmn:ExtensionElements', { values });
  values.forEach((value) => {
    value.$parent = extensions;
  });
  extensions.$parent = object;
  return [object, { extensionElements: values.length ? extensions : undefined }];
}

/** Write all properties anew: pairs [name, value]; those without a value go. */
export function writeProperties(element, pairs, { bpmnFactory, modeling }) {
  const object = subject(element);
  const others = (object.extensionElements ? object.extensionElements.get('values') : []).filter(
    (v) => !is(v, 'spiffworkflow:Properties'),
  );
  const own = pairs.filter(([name, value]) => name && value !== '');
  if (own.length) {
    const holder = bpmnFactory.create('spiffworkflow:Properties');
    holder.values = own.map(([name, value]) => {
      const one = bpmnFactory.create('spiffworkflow:Property', { name, value });
      one.$parent = holder;
      return one;
    });
    others.push(holder);
  }
  modeling.updateModdleProperties(element, ...rewritten(element, others, bpmnFactory));
}

/** Set one property, at its place in the order; '' takes it away. */
export function setProperty(element, name, value, services) {
  const pairs = propertiesOf(element);
  const at = pairs.findIndex(([own]) => own === name);
  if (at >= 0) pairs[at] = [name, value];
  else pairs.push([name, value]);
  writeProperties(element, pairs, services);
}

/** The pairs of a family such as `out`, without its prefix. */
export function familyOf(element, family) {
  return propertiesOf(element)
    .filter(([name]) => name.startsWith(`${family}.`))
    .map(([name, value]) => [name.slice(family.length + 1), value]);
}

/** Write a family anew; where it stood first, else at the end. */
export function setFamily(element, family, pairs, services) {
  const before = propertiesOf(element);
  const at = before.findIndex(([name]) => name.startsWith(`${family}.`));
  const rest = before.filter(([name]) => !name.startsWith(`${family}.`));
  rest.splice(at < 0 ? rest.length : at, 0, ...pairs.map(([name, value]) => [name && `${family}.${name}`, value]));
  writeProperties(element, rest, services);
}

/** The decision of a rule task. */
export function decisionOf(element) {
  const found = extension(subject(element), 'spiffworkflow:CalledDecisionId');
  return found ? found.text || '' : '';
}

/** Set the decision of a rule task. */
export function setDecision(element, id, { bpmnFactory, modeling }) {
  const object = subject(element);
  const values = (object.extensionElements ? object.extensionElements.get('values') : []).filter(
    (v) => !is(v, 'spiffworkflow:CalledDecisionId'),
  );
  if (id) values.unshift(bpmnFactory.create('spiffworkflow:CalledDecisionId', { text: id }));
  modeling.updateModdleProperties(element, ...rewritten(element, values, bpmnFactory));
}

/** The definitions of the file. */
export function definitionsOf(element) {
  let object = getBusinessObject(element);
  while (object.$parent) object = object.$parent;
  return object;
}

/** The process in which an element stands. */
export function processOf(element) {
  let object = subject(element);
  while (object && !is(object, 'bpmn:Process')) object = object.$parent;
  return object;
}
