// What every editor page has: the page's data, requests to the service, saving, a copy of what is not saved yet.

export const page = JSON.parse(document.getElementById('page').textContent);
const { token } = page;

/** A request with a JSON body; refuses with the sentence that the service says. */
export async function send(method, address, body, signal) {
  let answer;
  try {
    answer = await fetch(address, {
      method,
      signal,
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token },
      body: JSON.stringify(body),
    });
  } catch (wrong) {
    if (wrong.name === 'AbortError') throw wrong;
    throw new Error('连不上服务，改动仍留在本页，稍后再试。');
  }
  const data = await answer.json().catch(() => null);
  if (!answer.ok) throw new Error((data && data.message) || '没有办成，改动仍留在本页，请稍后再试。');
  if (data === null) throw new Error('登录已过期，请在另一个窗口重新登录后再存，改动仍留在本页。');
  return data;
}

const state = document.getElementById('state');

/** Say how things stand, beside the buttons. */
export function say(text, bad = false) {
  state.textContent = text;
  state.className = bad ? 'editor-state is-bad' : 'editor-state';
}

// The copy stands in the browser until the file is saved: a killed tab or a lost connection loses nothing.
const key = `banjie:${page.draft}:${page.path}`;

/** Keep what the editor holds now. */
export function keep(text) {
  try {
    localStorage.setItem(key, JSON.stringify({ text, last: page.last, at: Date.now() }));
  } catch (full) {
    say('浏览器存不下这份改动，请尽快保存。', true);
  }
}

/** Forget the copy. */
export function forget() {
  localStorage.removeItem(key);
}

/** The kept copy when it says something else than the file that was opened, else null. */
export function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(key));
    return found && found.text !== page.text ? found : null;
  } catch (broken) {
    return null;
  }
}

/** Offer the kept copy; `open(text)` shows it. */
export function offer(open) {
  const copy = kept();
  const box = document.getElementById('kept');
  if (!copy || !page.mine) return;
  document.getElementById('kept-at').textContent = new Date(copy.at).toLocaleString('zh-CN');
  box.hidden = false;
  document.getElementById('kept-open').addEventListener('click', async () => {
    await open(copy.text);
    if (unshown !== null) return;
    document.getElementById('save').disabled = false;
    page.last = copy.last; // when somebody saved since, saving is refused and nobody's work is lost
    box.hidden = true;
    changed();
  });
  document.getElementById('kept-drop').addEventListener('click', () => {
    forget();
    box.hidden = true;
  });
}

let unshown = null; // the file as it is, when the editor cannot show it

/** The editor shows the file. */
export function shown() {
  unshown = null;
  document.body.dataset.editor = 'open';
}

/** It cannot, and what it cannot show it does not save either. `said` is why, in Chinese. */
export function unreadable(source, said) {
  unshown = source;
  document.body.dataset.editor = 'unreadable';
  document.getElementById('save').disabled = true;
  say(`${said}，不能在这里改。请照下面的检查改好文件，在草稿页重新存入。`, true);
}

/** `text`, but for a file that cannot be shown the file itself: it is checked and downloaded as it is. */
export const asItStands = (text) => async () => (unshown === null ? text() : unshown);

let dirty = false;

/** Something was changed and not saved. */
export function changed() {
  dirty = true;
  say('有改动，还没有保存');
}

window.addEventListener('beforeunload', (event) => {
  if (dirty) event.preventDefault();
});

/** Wire 保存 and 下载: `text()` gives the file as it stands in the editor. */
export function saving(text) {
  const button = document.getElementById('save');
  async function save() {
    if (button.disabled) return;
    button.disabled = true;
    say('正在保存…');
    try {
      const now = await text();
      page.last = (await send('PUT', page.save, { path: page.path, text: now, last: page.last })).last;
      page.text = now;
      dirty = false;
      forget();
      say(`已保存，第 ${page.last} 次改动`);
    } catch (refused) {
      say(refused.message, true);
    } finally {
      button.disabled = !page.mine;
    }
  }
  button.disabled = !page.mine || unshown !== null;
  button.addEventListener('click', save);
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') {
      event.preventDefault();
      save();
    }
  });
  document.getElementById('download').addEventListener('click', async () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([await text()], { type: 'application/octet-stream' }));
    link.download = page.path.split('/').pop();
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  if (unshown === null) say(page.mine ? '没有改动' : '这份草稿是别人的，可以看，不能存');
}

/** Call `work` when nothing has called for `pause` milliseconds. */
export function calmly(work, pause) {
  let timer = null;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, pause);
  };
}
