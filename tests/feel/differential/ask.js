// Reads one FEEL expression (JSON text) a line, writes what feelin gives, as tagged JSON.
const { evaluate } = require(require.resolve('feelin', { paths: [process.cwd()] }));
const lines = require('readline').createInterface({ input: process.stdin });

const KINDS = {
  FeelDate: 'date', FeelTime: 'time', FeelDateTime: 'date and time', FeelDuration: 'duration', FeelRange: 'range',
};

function plain(value) {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return { number: String(value) };
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(plain);
  const kind = value.constructor && value.constructor.name;
  if (kind === 'Object') return { context: Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)])) };
  return { kind: KINDS[kind] || 'function', text: KINDS[kind] ? String(value) : '' };
}

lines.on('line', line => {
  let answer;
  try {
    const found = evaluate(JSON.parse(line), {});
    answer = plain(found && Object.hasOwn(found, 'warnings') ? found.value : found);
  } catch (wrong) {
    answer = { refused: String(wrong).slice(0, 80) };
  }
  console.log(JSON.stringify(answer));
});
