// Opens a file in dmn-js, and gives what it warns of and what it saves.
import DmnModeler from 'dmn-js/lib/Modeler';

window.opened = async (xml) => {
  const editor = new DmnModeler({ container: document.getElementById('editor') });
  try {
    const { warnings } = await editor.importXML(xml);
    const views = [];
    for (const view of editor.getViews()) {
      await editor.open(view);
      views.push(view.type);
    }
    const saved = await editor.saveXML({ format: true });
    return { warnings: warnings.map((w) => String(w.message || w)), views, xml: saved.xml };
  } finally {
    editor.destroy();
  }
};
