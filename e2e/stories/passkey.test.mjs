// An officer stops typing: a passkey opens the office from the next morning on.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addAuthenticator, launch, noBrowser, openPage, signIn } from '../lib/browser.mjs';
import { pressOn, press, typeInto } from '../lib/keys.mjs';
import { openOffice, skipped } from '../lib/office.mjs';

const skip = skipped() || noBrowser();

describe('a passkey', { skip }, () => {
  let browser, office, page, authenticator;

  before(async () => {
    office = await openOffice();
    browser = await launch();
    page = await openPage(browser, office, { language: 'en' });
    authenticator = await addAuthenticator(page);
    await signIn(page, office.officers.find((it) => it.login === 'ratih'));
  });

  after(async () => {
    await browser?.close();
    await office?.stop();
  });

  test('is added with a name of its own', async () => {
    await page.goto('/account');
    await pressOn(page, page.getByRole('link', { name: 'Add a passkey' }), /^\/account\/passkey$/);
    await typeInto(page, page.getByLabel('Name of the device'), 'Laptop meja 2');
    await pressOn(page, page.getByRole('button', { name: 'Make a passkey' }), /^\/account$/);
    await page.getByRole('row', { name: /Laptop meja 2/ }).waitFor();
    assert.equal((await authenticator.credentials()).length, 1);
  });

  test('opens the office alone: no name, no password, no code', async () => {
    await press(page, page.getByRole('button', { name: 'Sign out' }));
    await page.getByText('You are signed out.').waitFor();
    await pressOn(page, page.getByRole('button', { name: 'Sign in with a passkey' }), /^\/$/);
    await page.getByRole('heading', { level: 1, name: 'Good to see you, Ratih S. (contoh)' }).waitFor();
    await page.goto('/account');
    await page.getByRole('row', { name: /passkey/ }).getByText('this one').waitFor();
  });

  test('that the device refuses opens nothing and says what to do', async () => {
    await press(page, page.getByRole('button', { name: 'Sign out' }));
    await page.getByText('You are signed out.').waitFor();
    await authenticator.refuse();
    await press(page, page.getByRole('button', { name: 'Sign in with a passkey' }));
    await page.getByRole('status').getByText('Cancelled. Try again if you like.').waitFor();
    assert.match(new URL(page.url()).pathname, /^\/sign-in/);
    assert.deepEqual(page.complaints, []);
  });
});
