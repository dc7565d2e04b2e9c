// Answers for a schema and data which fields the viewer of form-js finds in error.
import { Form } from '@bpmn-io/form-js-viewer';

const rendered = () => new Promise((done) => setTimeout(done, 25));

// {id: [message]} or, inside lists, {id: {row: [message]}}, as names: key or list[row].column
function names(errors) {
  return Object.entries(errors).flatMap(([id, found]) => {
    const [list, column] = id.split('__');
    return column === undefined
      ? [id]
      : Object.entries(found).filter(([, said]) => said).map(([row]) => `${list}[${row}].${column}`);
  });
}

window.warnings = async (schema) => {
  const form = new Form({ container: document.getElementById('form') });
  const { warnings } = await form.importSchema(schema, {});
  await rendered();
  form.destroy();
  return warnings.map(String);
};

window.inError = async (schema, data) => {
  const form = new Form({ container: document.getElementById('form') });
  try {
    await form.importSchema(schema, data);
    await rendered();
    return names(form.submit().errors);
  } finally {
    form.destroy();
    document.getElementById('form').replaceChildren();
  }
};
