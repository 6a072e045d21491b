// Collects what the pages load into dist/: font, icons, htmx, our css, js and svg, each under a name that holds its content's hash,
// each text also compressed. Needs node 18 or newer and `npm ci` before it. Compiling and testing the program never need this.
import { createHash } from 'node:crypto';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const from = (...parts) => readFileSync(join(here, ...parts));
const text = (...parts) => from(...parts).toString('utf8');
const out = join(here, 'dist.new');
rmSync(out, { recursive: true, force: true });
mkdirSync(out);

const files = {};
const COMPRESSED = new Set(['.css', '.js', '.svg']);
const put = (name, content) => {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content, 'utf8');
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const file = name.replace(/(\.[a-z0-9]+)$/, `.${hash}$1`);
  writeFileSync(join(out, file), bytes);
  const encodings = [];
  if (COMPRESSED.has(extname(name))) {
    writeFileSync(join(out, `${file}.gz`), gzipSync(bytes, { level: 9 }));
    writeFileSync(join(out, `${file}.br`), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
    encodings.push('br', 'gzip');
  }
  files[name] = { file, encodings };
  return file;
};

// Font: the Latin letters, and a second file with the rest of the Latin script (fetched only when such a letter is on the page).
const fontFolder = ['node_modules', '@fontsource-variable', 'plus-jakarta-sans'];
const faces = [];
for (const subset of ['latin-ext', 'latin']) {
  const file = put(`font-${subset}.woff2`, from(...fontFolder, 'files', `plus-jakarta-sans-${subset}-wght-normal.woff2`));
  const rule = text(...fontFolder, 'index.css').split('@font-face').find(part => part.includes(`-${subset}-wght-normal.woff2`) && !part.includes(`cyrillic`));
  const range = rule.match(/unicode-range:\s*([^;]+);/)[1];
  faces.push(`@font-face{font-family:"Plus Jakarta Sans Variable";font-style:normal;font-display:swap;font-weight:200 800;src:url("${file}") format("woff2");unicode-range:${range}}`);
}

// Icons: those that the sources name, as one sprite.
const sprite = text('icons.txt').split('\n').map(line => line.trim()).filter(line => line && !line.startsWith('#')).map(name => {
  const inner = text('node_modules', 'lucide-static', 'icons', `${name}.svg`).replace(/^[\s\S]*?<svg[^>]*>/, '').replace(/<\/svg>\s*$/, '').replace(/\s*\n\s*/g, '');
  return `<symbol id="${name}" viewBox="0 0 24 24">${inner}</symbol>`;
}).join('');
put('icons.svg', `<svg xmlns="http://www.w3.org/2000/svg"><!-- Lucide, ISC licence -->${sprite}</svg>`);
const tapis = put('tapis.svg', from('svg', 'tapis.svg'));
put('siger.svg', from('svg', 'siger.svg'));

// Style sheets, in reading order, comments and spare space removed.
const css = text('css', 'order.txt').trim().split(/\s+/).map(name => text('css', name)).join('\n');
const small = css.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\s+/g, ' ').replace(/\s*([{};,])\s*/g, '$1').replace(/;}/g, '}').replace('url("tapis.svg")', `url("${tapis}")`);
const sheet = faces.join('') + small;
// 20 KB compressed, so that a first load on a slow phone stays short.
const CSS_BYTES_MAX = 20 * 1024;
if (gzipSync(sheet, { level: 9 }).length > CSS_BYTES_MAX) throw new Error(`site.css is over ${CSS_BYTES_MAX} bytes compressed`);
put('site.css', sheet);

put('htmx.js', text('node_modules', 'htmx.org', 'dist', 'htmx.min.js').replace(/\/\/# sourceMappingURL=.*\s*$/, ''));
for (const name of readdirSync(join(here, 'js')).sort()) put(name, from('js', name));

writeFileSync(join(out, 'manifest.json'), JSON.stringify({ version: 1, files }, null, 1) + '\n');
rmSync(join(here, 'dist'), { recursive: true, force: true });
renameSync(out, join(here, 'dist'));
console.log(`assets: ${Object.keys(files).length} files in ${join('assets', 'dist')}`);
