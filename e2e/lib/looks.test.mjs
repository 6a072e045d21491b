// That the net catches something: a page with known faults, and one without.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { launch, noBrowser } from './browser.mjs';
import { faults, LANGUAGES, THEMES, WIDTHS } from './looks.mjs';

const policy = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" };
const pages = {
  '/good': (lang) => `<!doctype html><html lang="${lang}"><title>Good</title><style>:root{color-scheme:light dark}p{color:#222;background:#fff;transition:1s}@media screen and (prefers-color-scheme:dark){p{color:#fff;background:#222}}</style><main><h1>Good</h1><p>Nothing is wrong here.</p></main></html>`,
  '/bad': () => '<!doctype html><title>Bad</title><main><h1>Bad</h1><img src="data:,"><input><div style="width:2000px">wide</div></main><script>1</script>',
  '/palette': () =>
    '<!doctype html><html lang="id"><title>Bad</title><style>[aria-current]{background:#ff0}.button{border:0}p{forced-color-adjust:none;color:#777;background:#888}</style><main><h1>Bad</h1><ul><li><a href="/" aria-current="page">one</a><li><a href="/">two</a></ul><button class="button">act</button><p>grey</p></main></html>',
  '/paper': () =>
    '<!doctype html><html lang="id"><title>Bad</title><style>.wide{overflow:auto}@media print{.gone{display:none}.pale{color:#ccc}}</style><main><h1>Bad</h1><p class="gone">matters</p><p class="pale">pale</p><div class="wide" tabindex="0"><pre>' +
    'long '.repeat(99) +
    '</pre></div></main></html>',
};

let server, browser, office;
const skip = noBrowser();

before(async () => {
  if (skip) return;
  server = createServer((request, response) => {
    const page = pages[request.url];
    response.writeHead(page ? 200 : 204, policy).end(page?.(request.headers['accept-language'].startsWith('id') ? 'id' : 'en'));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  office = { address: `http://127.0.0.1:${server.address().port}` };
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
});

async function finds(path, expected) {
  const found = await faults(browser, office, path);
  for (const [fault, places] of expected) {
    for (const place of places) {
      assert.ok(found.some((text) => text.startsWith(`${path} ${place}: `) && text.includes(fault)), `no ${fault} at ${place} in\n${found.join('\n')}`);
    }
  }
}

test('a page without faults has none', { skip }, async () => {
  assert.deepEqual(await faults(browser, office, '/good'), []);
});

test('faults are found in every look', { skip }, async () => {
  const looks = LANGUAGES.flatMap((language) => THEMES.flatMap((theme) => WIDTHS.map((width) => `${language} ${theme} ${width}`)));
  const light = looks.filter((look) => look.includes('light'));
  await finds('/bad', [
    ['image-alt', light],
    ['label', light],
    ['beyond the right edge', looks],
    ['Content Security Policy', LANGUAGES],
    ['not marked with its language', LANGUAGES],
  ]);
});

test("what is lost in a person's own colours is found", { skip }, async () => {
  const looks = THEMES.map((theme) => `id ${theme} forced colours`);
  await finds('/palette', [
    ['says that it is chosen: a "one"', looks],
    ['has no edge: button "act"', looks],
    ['keeps colours of its own: p "grey"', looks],
  ]);
});

test('what is lost on paper is found', { skip }, async () => {
  const looks = THEMES.map((theme) => `id ${theme} paper`);
  await finds('/paper', [
    ['is not printed: p.gone', looks],
    ['is cut off: div.wide', looks],
    ['color-contrast', looks],
  ]);
});
