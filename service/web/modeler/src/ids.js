// New elements get ids that the checks accept: English, small letters.
import BpmnFactory from 'bpmn-js/lib/features/modeling/BpmnFactory';

export class SnakeFactory extends BpmnFactory {
  _ensureId(element) {
    if (!element.id && this._needsId(element)) {
      const word = element.$type.replace(/^[^:]*:/, '').replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
      element.id = this._model.ids.nextPrefixed(`${word}_`, element);
      return;
    }
    super._ensureId(element);
  }
}
SnakeFactory.$inject = ['moddle'];

export const idsModule = { bpmnFactory: ['type', SnakeFactory] };
