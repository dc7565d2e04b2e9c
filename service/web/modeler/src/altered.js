// What opening and saving would take away from a file: nothing of ours, and of others what is told here.
const DI = /\/(DI|DMNDI)\/?$/;
const DRAWN = /\/(DI|DC)\/?$/;
const PLACES = { Bounds: ['x', 'y', 'width', 'height'], waypoint: ['x', 'y'] };
const FAR = 1e6; // px
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

// attributes that say what the standard says without them
const DEFAULTS = {
  completionQuantity: '1', startQuantity: '1', isForCompensation: 'false', isInterrupting: 'true', cancelActivity: 'true',
  parallelMultiple: 'false', triggeredByEvent: 'false', expressionLanguage: 'http://www.w3.org/1999/XPath',
  typeLanguage: 'http://www.w3.org/2001/XMLSchema', isCollection: 'false', testBefore: 'false', isSequential: 'false',
  instantiate: 'false', isClosed: 'false', isExecutable: 'false', processType: 'None', isUnlimited: 'true',
  associationDirection: 'None', gatewayDirection: 'Unspecified', behavior: 'All', itemKind: 'Information',
  implementation: '##unspecified', eventGatewayType: 'Exclusive', waitForCompletion: 'true', minimum: '0', maximum: '1',
  textFormat: 'text/plain', isImmediate: 'true', cancelRemainingInstances: 'true', ordering: 'Parallel',
  method: '##Compensate', hitPolicy: 'UNIQUE', preferredOrientation: 'Rule-as-Row',
};

function facts(source) {
  const found = new Map();
  const root = new DOMParser().parseFromString(source, 'text/xml').documentElement;
  const add = (element) => {
    if (DI.test(element.namespaceURI)) return; // where shapes stand; a moved label says nothing
    const said = [...element.attributes]
      .filter((a) => a.prefix !== 'xmlns' && a.name !== 'xmlns' && !a.name.endsWith('schemaLocation'))
      .filter((a) => a.prefix || DEFAULTS[a.localName] !== a.value)
      .map((a) => `${a.localName}="${a.namespaceURI === XSI ? a.value.split(':').pop() : a.value}"`)
      .sort();
    const text = [...element.childNodes].filter((n) => n.nodeType === 3 || n.nodeType === 4).map((n) => n.data).join('').trim();
    const fact = `<${element.localName}${said.map((s) => ` ${s}`).join('')}>${text}`;
    found.set(fact, (found.get(fact) || 0) + 1);
    [...element.children].forEach(add);
  };
  add(root);
  return found;
}

/** A shape or line whose place or size is no number, by the id of what it shows: bpmn-js never ends drawing it. */
export function misplaced(source) {
  const known = (element) =>
    PLACES[element.localName].every((name) => {
      const value = element.getAttribute(name);
      return value !== null && value.trim() !== '' && Math.abs(Number(value)) < FAR;
    });
  const drawn = [...new DOMParser().parseFromString(source, 'text/xml').getElementsByTagNameNS('*', '*')];
  const wrong = drawn.find((e) => PLACES[e.localName] && DRAWN.test(e.namespaceURI) && !known(e));
  return wrong && (wrong.closest('[bpmnElement]')?.getAttribute('bpmnElement') || wrong.localName);
}

/** What `before` says and `after` does not, as lines. */
export function lostIn(before, after) {
  const now = facts(after);
  return [...facts(before)].filter(([fact, count]) => (now.get(fact) || 0) < count).map(([fact]) => fact.slice(0, 160));
}

/** Show what is told of a file as it was opened; nothing: no box. */
export function tell(found) {
  const box = document.getElementById('warnings');
  box.hidden = !found.length;
  box.querySelector('ul').replaceChildren(
    ...found.slice(0, 20).map((one) => Object.assign(document.createElement('li'), { textContent: one })),
  );
}
