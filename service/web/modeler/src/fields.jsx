// Fields of the panel that the library does not have: chosen things with search, pairs, FEEL that the service checks.
import { useEffect, useRef, useState } from '@bpmn-io/properties-panel/preact/hooks';

import { page, send } from './page.js';

const asked = new Map();

/** What is wrong with an expression, '' when nothing is; each text is asked once. */
function problemOf(text) {
  if (!asked.has(text)) {
    const answer = send('POST', page.feel, { text }).then((a) => a.problem);
    answer.catch(() => asked.delete(text));
    asked.set(text, answer);
  }
  return asked.get(text);
}

function useProblem(text) {
  const [problem, setProblem] = useState('');
  useEffect(() => {
    let current = true;
    if (!text.trim()) setProblem('');
    else {
      const timer = setTimeout(() => {
        problemOf(text).then((p) => current && setProblem(p), () => {});
      }, 300);
      return () => {
        current = false;
        clearTimeout(timer);
      };
    }
    return () => {
      current = false;
    };
  }, [text]);
  return problem;
}

/** A text that is written when it is left, and follows when the drawing changes elsewhere (undo). */
function useText(value, write) {
  const [text, setText] = useState(value);
  const written = useRef(value);
  useEffect(() => {
    written.current = value;
    setText(value);
  }, [value]);
  const commit = (event) => {
    const next = event.target.value.trim();
    if (next !== written.current) {
      written.current = next;
      write(next);
    }
  };
  return [text, setText, commit];
}

function Entry({ id, label, hint, error, children, group = false }) {
  const inner = [
    group ? (
      <span class="bio-properties-panel-label" id={`${id}-label`}>{label}</span>
    ) : (
      <label class="bio-properties-panel-label" for={id}>{label}</label>
    ),
    children,
    error ? <div class="bio-properties-panel-error" role="alert">{error}</div> : null,
    hint ? <div class="bio-properties-panel-description">{hint}</div> : null,
  ];
  return (
    <div class={`bio-properties-panel-entry ${error ? 'has-error' : ''}`} data-entry-id={id}
      role={group ? 'group' : undefined} aria-labelledby={group ? `${id}-label` : undefined}>
      {inner}
    </div>
  );
}

/** One line of text; `check(text)` gives what is wrong. */
export function Line({ id, label, hint, value, write, check = () => '' }) {
  const [text, setText, commit] = useText(value, (next) => !check(next) && write(next));
  return (
    <Entry id={id} label={label} hint={hint} error={check(text)}>
      <input id={id} class="bio-properties-panel-input" type="text" value={text} autocomplete="off"
        onInput={(e) => setText(e.target.value)} onChange={commit} onBlur={commit} />
    </Entry>
  );
}

/** Several lines of text. */
export function Lines({ id, label, hint, value, write }) {
  const [text, setText, commit] = useText(value, write);
  return (
    <Entry id={id} label={label} hint={hint}>
      <textarea id={id} class="bio-properties-panel-input" rows="3" value={text}
        onInput={(e) => setText(e.target.value)} onChange={commit} onBlur={commit} />
    </Entry>
  );
}

/** A FEEL expression, checked by the service while it is typed. */
export function Feel({ id, label, hint, value, write }) {
  const [text, setText, commit] = useText(value, write);
  return (
    <Entry id={id} label={label} hint={hint} error={useProblem(text)}>
      <textarea id={id} class="bio-properties-panel-input is-feel" rows="2" spellcheck={false} value={text}
        onInput={(e) => setText(e.target.value)} onChange={commit} onBlur={commit} />
    </Entry>
  );
}

/** One of `options` [{id, name}], or none; a value that is not among them stays and is shown. */
export function Choice({ id, label, hint, value, write, options, none = '（无）' }) {
  const unknown = value && !options.some((o) => o.id === value);
  return (
    <Entry id={id} label={label} hint={hint} error={unknown ? `没有 ${value}` : ''}>
      <select id={id} class="bio-properties-panel-input" value={value} onChange={(e) => write(e.target.value)}>
        <option value="">{none}</option>
        {unknown && <option value={value}>{value}</option>}
        {options.map((o) => (
          <option value={o.id} key={o.id}>{o.name && o.name !== o.id ? `${o.name}（${o.id}）` : o.id}</option>
        ))}
      </select>
    </Entry>
  );
}

/** What has grown below a field is scrolled into sight: at the foot of the panel it would not be seen. */
function inSight(entry) {
  requestAnimationFrame(() => requestAnimationFrame(() => entry.lastElementChild.scrollIntoView({ block: 'nearest' })));
}

/** Several of `options` [{id, name}], found by typing; `text(option)` is shown below what was chosen. */
export function Several({ id, label, hint, value, write, options, placeholder }) {
  const [search, setSearch] = useState('');
  const chosen = value.split(/\s+/).filter(Boolean);
  const known = Object.fromEntries(options.map((o) => [o.id, o]));
  const wanted = search.trim();
  const found = wanted
    ? options.filter((o) => !chosen.includes(o.id) && (o.id.startsWith(wanted) || o.name.includes(wanted))).slice(0, 8)
    : [];
  const set = (ids) => write(ids.join(' '));
  const unknown = chosen.filter((one) => !known[one]);
  return (
    <Entry id={id} label={label} hint={hint} group error={unknown.length ? `没有 ${unknown.join('、')}` : ''}>
      <ul class="chosen">
        {chosen.map((one) => (
          <li key={one}>
            <b>{one}</b>
            <span class="law-text">{known[one] ? known[one].name : ''}</span>
            <button type="button" class="chosen-drop" aria-label={`去掉 ${one}`}
              onClick={() => set(chosen.filter((c) => c !== one))}>✕</button>
          </li>
        ))}
      </ul>
      <input id={id} class="bio-properties-panel-input" type="search" value={search} placeholder={placeholder}
        aria-label={`${label}：查找并添加`} autocomplete="off" onInput={(e) => { setSearch(e.target.value); inSight(e.target.parentElement); }} />
      {found.length > 0 && (
        <ul class="found">
          {found.map((o) => (
            <li key={o.id}>
              <button type="button" onClick={() => { set([...chosen, o.id]); setSearch(''); }}>
                <b>{o.id}</b> <span class="law-text">{o.name}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {wanted && !found.length && <p class="bio-properties-panel-description">没有找到“{wanted}”</p>}
    </Entry>
  );
}

function PairRow({ name, value, words, feel, write, drop, at, label }) {
  const [key, setKey, commitKey] = useText(name, (next) => write([next, value]));
  const [text, setText, commit] = useText(value, (next) => write([name, next]));
  const problem = useProblem(feel ? text : '');
  const own = `${label} ${at + 1}`;
  const box = { class: 'bio-properties-panel-input', value: text, onChange: commit, onBlur: commit };
  return (
    <li class={problem ? 'pair has-error' : 'pair'}>
      <input class="bio-properties-panel-input pair-name" value={key} aria-label={`${own}：名称`} placeholder={words[0]}
        onInput={(e) => setKey(e.target.value)} onChange={commitKey} onBlur={commitKey} />
      {feel ? (
        <textarea {...box} rows="2" spellcheck={false} aria-label={`${own}：${words[1]}`} placeholder={words[1]}
          onInput={(e) => setText(e.target.value)} />
      ) : (
        <input {...box} aria-label={`${own}：${words[1]}`} placeholder={words[1]} onInput={(e) => setText(e.target.value)} />
      )}
      <button type="button" class="chosen-drop" aria-label={`去掉 ${own}`} onClick={drop}>✕</button>
      {problem && <div class="bio-properties-panel-error" role="alert">{problem}</div>}
    </li>
  );
}

/** Pairs [name, value]; `words`: what the two are called. An unfinished row stays on the screen only. */
export function Pairs({ id, label, hint, value, write, words, feel = false }) {
  const [open, setOpen] = useState(null);
  const rows = open ? [...value, open] : value;
  const put = (at, pair) => {
    const next = rows.map((row, n) => (n === at ? pair : row));
    const whole = next.filter(([name, text]) => name && text);
    setOpen(next.find(([name, text]) => !(name && text)) || null);
    if (JSON.stringify(whole) !== JSON.stringify(value)) write(whole);
  };
  return (
    <Entry id={id} label={label} hint={hint} group>
      <ul class="pairs">
        {rows.map(([name, text], at) => (
          <PairRow key={`${at}-${name}`} at={at} name={name} value={text} words={words} feel={feel} label={label}
            write={(pair) => put(at, pair)}
            drop={() => (at >= value.length ? setOpen(null) : write(value.filter((_, n) => n !== at)))} />
        ))}
      </ul>
      <button type="button" class="pair-add" disabled={!!open} onClick={() => setOpen(['', ''])}>＋ 添加{label}</button>
    </Entry>
  );
}
