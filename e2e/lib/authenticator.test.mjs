// That a passkey can be made here at all: without the program, on an empty page.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { addAuthenticator, launch, noBrowser, openPage } from './browser.mjs';

let server, browser, office;
const skip = noBrowser();

before(async () => {
  if (skip) return;
  server = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Empty</title>'));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  office = { address: `http://localhost:${server.address().port}` };
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
});

test('an authenticator makes a passkey', { skip }, async () => {
  const page = await openPage(browser, office);
  await page.goto('/');
  const authenticator = await addAuthenticator(page);
  const kind = await page.evaluate(async () => {
    const publicKey = {
      challenge: new Uint8Array(32),
      rp: { name: 'Siger' },
      user: { id: new Uint8Array(16), name: 'contoh', displayName: 'Contoh' },
      pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    };
    return (await navigator.credentials.create({ publicKey })).type;
  });
  assert.equal(kind, 'public-key');
  assert.equal((await authenticator.credentials()).length, 1);
  await page.context().close();
});
