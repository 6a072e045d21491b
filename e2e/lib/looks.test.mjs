// That the net catches something: a page with known faults, and one without.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { launch, noBrowser } from './browser.mjs';
import { faults, LANGUAGES, THEMES, WIDTHS } from './looks.mjs';

const policy = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" };
const pages = {
  '/good': (lang) => `<!doctype html><html lang="${lang}"><title>Good</title><style>:root{color-scheme:light dark}p{color:#222;background:#fff;transition:1s}@media(prefers-color-scheme:dark){p{color:#fff;background:#222}}</style><main><h1>Good</h1><p>Nothing is wrong here.</p></main></html>`,
  '/bad': () => '<!doctype html><title>Bad</title><main><h1>Bad</h1><img src="data:,"><input><div style="width:2000px">wide</div></main><script>1</script>',
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

test('a page without faults has none', { skip }, async () => {
  assert.deepEqual(await faults(browser, office, '/good'), []);
});

test('faults are found in every look', { skip }, async () => {
  const found = await faults(browser, office, '/bad');
  const looks = LANGUAGES.flatMap((language) => THEMES.flatMap((theme) => WIDTHS.map((width) => `${language} ${theme} ${width}`)));
  for (const [fault, places] of [
    ['image-alt', looks],
    ['label', looks],
    ['beyond the right edge', looks],
    ['Content Security Policy', LANGUAGES],
    ['not marked with its language', LANGUAGES],
  ]) {
    for (const place of places) {
      assert.ok(found.some((text) => text.startsWith(`/bad ${place}: `) && text.includes(fault)), `no ${fault} at ${place} in\n${found.join('\n')}`);
    }
  }
});
