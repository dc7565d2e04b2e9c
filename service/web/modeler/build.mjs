// Bundles the editors: node build.mjs OUTPUT STAMP. Writes files with hashes, their licences and manifest.json.
import { build } from 'esbuild';
import { readFile, writeFile, readdir } from 'node:fs/promises';
import path from 'node:path';

import { FILES, FORM_WORDS, PASSES, PLACED, exchanged } from './src/words/forms.mjs';
import { LITERALS } from './src/words/literals.mjs';

const [out, stamp] = process.argv.slice(2);

// Libraries without a hook for translation say some words in English only. They are exchanged here, each where it
// stands; one that is no longer found breaks the build, so that a new version is not half translated.
const chinese = {
  name: 'chinese',
  setup(made) {
    for (const [file, words] of Object.entries(LITERALS)) {
      const filter = new RegExp(`${file.replace(/[.]/g, '\\.').replaceAll('/', '[\\\\/]')}$`);
      made.onLoad({ filter }, async ({ path: place }) => {
        let contents = await readFile(place, 'utf8');
        for (const [english, own] of words) {
          if (!contents.includes(english)) throw new Error(`${file}: no longer says ${english}`);
          contents = contents.replaceAll(english, own);
        }
        return { contents, loader: 'js' };
      });
    }
  },
};

// The form editor says everything in English only; all that it shows is in one list.
const formsInChinese = {
  name: 'forms in Chinese',
  setup(made) {
    const used = new Set();
    made.onLoad({ filter: FILES }, async ({ path: place }) => ({
      contents: exchanged(await readFile(place, 'utf8'), used),
      loader: 'js',
    }));
    made.onEnd(() => {
      const gone = [...Object.keys(FORM_WORDS), PASSES, ...PLACED.map(([english]) => english)].filter((words) => !used.has(words));
      if (gone.length) throw new Error(`form-js no longer says ${gone.join(', ')}`);
    });
  },
};

const result = await build({
  entryPoints: (await readdir('src')).filter((n) => /^(diagram|table|form)\.jsx?$/.test(n)).map((n) => `src/${n}`),
  outdir: out,
  bundle: true,
  minify: true,
  metafile: true,
  format: 'iife',
  target: 'chrome86',
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  legalComments: 'linked',
  jsx: 'automatic',
  jsxImportSource: '@bpmn-io/properties-panel/preact',
  loader: { '.woff2': 'file', '.woff': 'file', '.ttf': 'file', '.eot': 'empty', '.svg': 'empty' },
  logLevel: 'warning',
  plugins: [chinese, formsInChinese],
});

const files = {};
for (const [place, made] of Object.entries(result.metafile.outputs)) {
  if (!made.entryPoint) continue;
  const name = path.basename(made.entryPoint).replace(/\.jsx?$/, '');
  files[`${name}.js`] = path.basename(place);
  if (made.cssBundle) files[`${name}.css`] = path.basename(made.cssBundle);
}

const packages = new Set();
for (const input of Object.keys(result.metafile.inputs)) {
  const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
  if (found) packages.add(found[1]);
}
let licences = '';
for (const name of [...packages].sort()) {
  const folder = path.join('node_modules', name);
  const { version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find((n) => /^licen[cs]e/i.test(n));
  licences += `${name} ${version} (${license})\n\n${file ? await readFile(path.join(folder, file), 'utf8') : ''}\n\n`;
}
await writeFile(path.join(out, 'LICENCES.txt'), licences);
await writeFile(path.join(out, 'manifest.json'), JSON.stringify({ stamp, files }));
