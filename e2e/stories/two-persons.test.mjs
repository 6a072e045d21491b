// Erasing a person's data takes two: one asks, another decides, and what was asked arrives while they look.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, noBrowser, openPage, signIn } from '../lib/browser.mjs';
import { choose, press, pressOn, tabTo } from '../lib/keys.mjs';
import { openOffice, skipped } from '../lib/office.mjs';

const skip = skipped() || noBrowser();
const A_REQUEST = /^\/requests\/[0-9a-f-]{36}$/;

describe('the two-person rule', { skip }, () => {
  let browser, office;

  before(async () => {
    office = await openOffice();
    browser = await launch();
  });

  after(async () => {
    await browser?.close();
    await office?.stop();
  });

  test('one asks, a second sees it arrive and decides, and the file is a tombstone', async () => {
    const comes = async (login) => {
      const page = await openPage(browser, office, { language: 'en' });
      await signIn(page, office.officers.find((it) => it.login === login));
      return page;
    };
    const [ratih, dewi] = await Promise.all([comes('ratih'), comes('privasi')]);

    // Dewi has the list open and touches nothing from here on; a reload would lose the mark.
    await dewi.goto('/requests');
    await dewi.getByText('Connected', { exact: true }).waitFor();
    await dewi.evaluate(() => {
      globalThis.stayed = true;
    });
    // She has the first request under her hand; what arrives must not take it away.
    const held = dewi.locator('#requests-list a[href^="/requests/"]').first();
    await tabTo(dewi, held);
    const under = await held.getAttribute('href');
    const waiting = dewi.locator('#requests-list a[href^="/requests/"]');
    const before = await waiting.count();

    await ratih.goto('/persons');
    const link = ratih.locator('tbody a[href^="/persons/"]').nth(3);
    const name = (await link.innerText()).trim();
    await pressOn(ratih, link, /^\/persons\/[0-9a-f-]{36}/);
    const file = new URL(ratih.url()).pathname;
    await pressOn(ratih, ratih.getByRole('link', { name: 'Ask for erasure' }), /erase$/);
    await ratih.getByText(`Data of ${name}`).waitFor();
    await choose(ratih, ratih.getByRole('radio', { name: 'The person asked for it' }));
    await press(ratih, ratih.locator('summary.button.danger'));
    await pressOn(ratih, ratih.getByRole('button', { name: 'Put it to a second person' }), A_REQUEST);
    const request = new URL(ratih.url()).pathname;

    const arrived = dewi.locator(`#requests-list a[href="${request}"]`);
    await arrived.waitFor();
    assert.equal(await waiting.count(), before + 1);
    assert.equal(await dewi.evaluate(() => document.activeElement.getAttribute('href')), under);
    assert.ok(await dewi.evaluate(() => globalThis.stayed), 'the page was loaded again');

    // Who asked sees no way to agree, and is refused when they find one.
    await ratih.getByText('This is your own request.').waitFor();
    assert.equal(await ratih.getByRole('button', { name: /Approve|Erase/ }).count(), 0);
    const csrf = await ratih.locator('input[name="csrf"]').first().inputValue();
    const tried = await ratih.request.post(`${request}/approve`, { form: { csrf }, maxRedirects: 0 });
    assert.equal(tried.status(), 403);
    await ratih.reload();
    await ratih.getByText('This is your own request.').waitFor();
    await ratih.getByText('Connected', { exact: true }).waitFor();
    await ratih.evaluate(() => {
      globalThis.stayed = true;
    });

    // The file goes on saying whose it is until somebody else has decided.
    await pressOn(dewi, arrived, A_REQUEST);
    await press(dewi, dewi.locator('summary.button.danger'));
    await dewi.getByText('destroyed for good as soon as you press').waitFor();
    await Promise.all([dewi.waitForResponse((answer) => answer.request().method() === 'GET' && answer.url().endsWith(request)), press(dewi, dewi.getByRole('button', { name: 'Erase for good' }))]);
    await dewi.getByText('Approved', { exact: true }).waitFor();

    // It reaches who asked as well, without a reload.
    await ratih.getByText('Answered by').waitFor();
    assert.ok(await ratih.evaluate(() => globalThis.stayed), 'the page was loaded again');

    for (const page of [ratih, dewi]) {
      await page.goto(file);
      await page.getByRole('heading', { level: 1, name: 'An erased file' }).waitFor();
      assert.ok(!(await page.content()).includes(name), 'the name is still there');
    }
    await ratih.goto('/persons');
    assert.ok(!(await ratih.content()).includes(file), 'the list still leads to the file');
    assert.deepEqual([...ratih.complaints, ...dewi.complaints], []);
  });

  test('a request can be declined, and then nothing happened', async () => {
    const hadi = await openPage(browser, office, { language: 'en' });
    await signIn(hadi, office.officers.find((it) => it.login === 'kepala'));
    await pressOn(hadi, hadi.getByRole('link', { name: 'Change of roles for Yusuf A. (contoh)' }), A_REQUEST);
    await tabTo(hadi, hadi.getByRole('button', { name: 'Approve the roles' }));
    await press(hadi, hadi.getByRole('button', { name: 'Decline' }));
    await hadi.getByText('Declined', { exact: true }).waitFor();
    await pressOn(hadi, hadi.getByRole('link', { name: 'Yusuf A. (contoh)' }), /^\/officers\//);
    assert.equal(await hadi.getByRole('list', { name: 'Roles' }).getByText('Counter officer').count(), 0);
    assert.deepEqual(hadi.complaints, []);
  });
});
