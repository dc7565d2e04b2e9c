// Checks while drawing: what the service finds in the unsaved file, as a list and as marks on the elements.
import { page, send } from './page.js';

/** Start checking: `text()` gives the file, `mark(findings)` shows marks, `go(id)` shows an element. */
export function checking(text, mark, go) {
  const list = document.getElementById('findings');
  const count = document.getElementById('findings-count');
  let running = null;

  function row(finding) {
    const item = document.createElement('li');
    const here = finding.path === page.path;
    const place = document.createElement(here && finding.element ? 'button' : 'span');
    place.textContent = here ? finding.element || `第 ${finding.line} 行` : `${finding.path}:${finding.line} ${finding.element}`;
    if (place.tagName === 'BUTTON') {
      place.type = 'button';
      place.className = 'finding-place';
      place.addEventListener('click', () => go(finding.element));
    }
    const said = document.createElement('span');
    said.textContent = finding.text;
    const what = document.createElement('small');
    what.textContent = `${finding.remedy}（${finding.rule}）`;
    item.append(place, said, what);
    return item;
  }

  return async function check() {
    if (running) running.abort();
    running = new AbortController();
    const own = running;
    try {
      const answer = await send('POST', page.findings, { path: page.path, text: await text() }, own.signal);
      if (own !== running) return;
      const shown = answer.findings.map(row);
      list.replaceChildren(...shown);
      count.textContent = answer.number ? `✗ ${answer.number} 处问题` : '✓ 没有发现问题';
      if (answer.elsewhere) count.textContent += `，别的文件里 ${answer.elsewhere} 处`;
      count.dataset.checked = String(Number(count.dataset.checked || 0) + 1);
      mark(answer.findings.filter((f) => f.path === page.path && f.element));
    } catch (wrong) {
      if (wrong.name !== 'AbortError') count.textContent = wrong.message;
    }
  };
}
