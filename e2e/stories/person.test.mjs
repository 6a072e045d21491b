// A visitor comes to the counter: a file is made and found again, and it says who looked.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, noBrowser, openPage, signIn } from '../lib/browser.mjs';
import { choose, press, pressOn, typeInto } from '../lib/keys.mjs';
import { openOffice, skipped } from '../lib/office.mjs';

const skip = skipped() || noBrowser();
const A_FILE = /^\/persons\/[0-9a-f-]{36}\?purpose=/;

describe('a person at the counter', { skip }, () => {
  let browser, office;
  const officer = (login) => office.officers.find((it) => it.login === login);
  const comes = async (login, options) => {
    const page = await openPage(browser, office, { language: 'en', ...options });
    await signIn(page, officer(login));
    return page;
  };

  before(async () => {
    office = await openOffice();
    browser = await launch();
  });

  after(async () => {
    await browser?.close();
    await office?.stop();
  });

  let file;

  test('is registered and found again without touching a mouse', async () => {
    const page = await comes('ratih');
    await pressOn(page, page.getByRole('link', { name: 'Register a person' }), /^\/persons\/new$/);

    // Sent as it stands, the form says what is missing; nothing that was typed is lost.
    await typeInto(page, page.getByLabel('Name', { exact: true }), 'Nyoman Sekar Ayu (contoh)');
    await typeInto(page, page.getByLabel('Nationality'), 'UTO');
    await typeInto(page, page.getByLabel('Year'), '85');
    await choose(page, page.getByRole('radio', { name: 'Female' }));
    await press(page, page.getByRole('button', { name: 'Register', exact: true }));
    await page.waitForSelector('.summary:focus');
    await pressOn(page, page.getByRole('link', { name: /four digits/ }), /^\/persons\/new$/);
    assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Nyoman Sekar Ayu (contoh)');

    await page.getByLabel('Year').evaluate((field) => field.select());
    await typeInto(page, page.getByLabel('Year'), '1985');
    await typeInto(page, page.getByLabel('Code of the issuer'), 'uto');
    await typeInto(page, page.getByRole('textbox', { name: 'Document number' }), 'e2e 4711');
    await pressOn(page, page.getByRole('button', { name: 'Register', exact: true }), A_FILE);
    file = new URL(page.url()).pathname;
    await page.getByRole('heading', { level: 1, name: 'Nyoman Sekar Ayu (contoh)' }).waitFor();

    // From anywhere: '/' goes to the box, a scanner types number and Enter.
    await page.keyboard.press('/');
    await page.keyboard.type('UTO E2E4711');
    await Promise.all([page.waitForURL(/\/persons\/search$/), page.keyboard.press('Enter')]);
    await page.getByRole('heading', { name: '1 file found' }).waitFor();
    await pressOn(page, page.getByRole('link', { name: 'Nyoman Sekar Ayu (contoh)' }), A_FILE);
    assert.equal(new URL(page.url()).pathname, file);
    await page.getByText('Opened for Service at the counter').waitFor();

    // Whatever a file was opened for, the menu leads everywhere.
    assert.deepEqual(await page.locator('.side .menu-list a').allInnerTexts(), ['Home', 'People', 'Requests']);

    // A note is written where it is read.
    await typeInto(page, page.getByLabel('New note'), 'Menyerahkan salinan tiket pulang.');
    await press(page, page.getByRole('button', { name: 'Add the note' }));
    await page.getByText('Menyerahkan salinan tiket pulang.').waitFor();
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });

  test('is found by a part of the name once the index of names is there', async () => {
    const page = await comes('izin');
    await page.goto('/persons');
    await typeInto(page, page.getByLabel('Document number or name', { exact: true }), 'sekar');
    await pressOn(page, page.getByRole('button', { name: 'Search' }), /search$/);
    await pressOn(page, page.getByRole('link', { name: 'Nyoman Sekar Ayu (contoh)' }), A_FILE);
    await page.getByText('Opened for Stay permit').waitFor();
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });

  test('may know who looked: the file tells the privacy officer, with purpose and entry', async () => {
    const page = await comes('privasi');
    await page.goto(file);
    await pressOn(page, page.getByRole('link', { name: 'All who looked' }), /readers$/);
    const rows = (await page.getByRole('row').allInnerTexts()).map((row) => row.replace(/\s+/g, ' '));
    for (const [who, as, purpose] of [
      ['Ratih S. (contoh)', 'Counter officer', 'service at the counter'],
      ['Wulan K. (contoh)', 'Head of stay permits', 'stay permit'],
      ['Dewi L. (contoh)', 'Privacy officer', 'right of the data subject'],
    ]) {
      assert.ok(rows.some((row) => row.startsWith(`${who} ${as} ${purpose} File was opened`)), `${who} in\n${rows.join('\n')}`);
    }
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });

  test('is nobody to those whose work it is not', async () => {
    const page = await comes('admin');
    await page.goto('/');
    assert.equal(await page.getByRole('searchbox').count(), 0);
    assert.ok([403, 404].includes((await page.goto(file)).status()));
    assert.equal(await page.getByText('Nyoman').count(), 0);
    await page.context().close();
  });

  test('is registered and found without JavaScript as well', async () => {
    const page = await comes('pemeriksa', { javascript: false, width: 320 });
    await page.goto('/persons/new');
    await typeInto(page, page.locator('#name'), 'Suparman (contoh)');
    await press(page, page.locator('#born-unknown'), 'Space');
    await choose(page, page.locator('input[name="sex"][value="M"]'));
    await typeInto(page, page.locator('#nationality'), 'UTO');
    await press(page, page.locator('button[name="more"]'));
    await typeInto(page, page.locator('#issuer-2'), 'UTO');
    await typeInto(page, page.locator('#number-2'), 'E2E4712');
    await pressOn(page, page.getByRole('button', { name: 'Register', exact: true }), A_FILE);
    await page.goto('/persons');
    await typeInto(page, page.locator('#find'), 'UTO E2E4712');
    await pressOn(page, page.getByRole('button', { name: 'Search' }), /search$/);
    await pressOn(page, page.getByRole('link', { name: 'Suparman (contoh)' }), A_FILE);
    await page.getByRole('heading', { level: 1, name: 'Suparman (contoh)' }).waitFor();
    await page.context().close();
  });
});
