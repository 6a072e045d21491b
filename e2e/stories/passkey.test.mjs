// An officer stops typing: a passkey opens the office from the next morning on.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addAuthenticator, CODE, launch, noBrowser, openPage, signIn } from '../lib/browser.mjs';
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

  test('says once more who it is, before something that cannot easily be undone', async () => {
    const used = async () => (await authenticator.credentials())[0].signCount;
    const before = await used();
    await page.goto('/fresh?what=officer.credential&next=%2Faccount%2Fpassword');
    await page.getByRole('heading', { level: 1, name: 'Confirm it is you' }).waitFor();
    await pressOn(page, page.getByRole('button', { name: 'Use a passkey' }), /^\/account\/password$/);
    assert.ok((await used()) > before, 'the device was asked');
    assert.deepEqual(page.complaints, []);
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

describe('a newcomer with nothing but a passkey', { skip }, () => {
  let browser, office, admin, head, sari, authenticator;
  const officer = (login) => office.officers.find((it) => it.login === login);

  before(async () => {
    office = await openOffice();
    browser = await launch();
    [admin, head, sari] = await Promise.all([1, 2, 3].map(() => openPage(browser, office, { language: 'en' })));
    authenticator = await addAuthenticator(sari);
    await signIn(admin, officer('admin'));
    await signIn(head, officer('kepala'));
  });

  after(async () => {
    await browser?.close();
    await office?.stop();
  });

  /** From a code on paper to a passkey on this device. */
  const comesWith = async (letters, title, label) => {
    await sari.goto('/sign-in');
    await pressOn(sari, sari.getByRole('link', { name: 'Have a one-time code?' }), /^\/join$/);
    await typeInto(sari, sari.getByLabel('Code'), letters.toLowerCase().replaceAll('-', ' '));
    await pressOn(sari, sari.getByRole('button', { name: 'Go on' }), /^\/join\/./);
    await sari.getByRole('heading', { level: 1, name: title }).waitFor();
    await typeInto(sari, sari.getByLabel('Name of the device'), label);
    await pressOn(sari, sari.getByRole('button', { name: 'Make a passkey' }), /^\/$/);
    await sari.goto('/account');
    await sari.getByRole('row', { name: new RegExp(label) }).waitFor();
  };

  test('comes in by a code that was read out, and signs in by passkey from then on', async () => {
    await admin.goto('/officers/new');
    await admin.getByLabel('Name', { exact: true }).fill('Sari N. (contoh)');
    await admin.getByLabel('Sign-in name').fill('sari');
    await admin.getByRole('checkbox', { name: 'Counter officer' }).check();
    await admin.getByRole('button', { name: 'Invite and show the link' }).click();
    const letters = (await admin.locator('#letters').innerText()).trim();
    await admin.getByRole('link', { name: 'Done, I handed it over' }).click();
    await comesWith(letters, 'Welcome', 'Laptop Sari');
    await press(sari, sari.getByRole('button', { name: 'Sign out' }));
    await sari.getByText('You are signed out.').waitFor();
    await pressOn(sari, sari.getByRole('button', { name: 'Sign in with a passkey' }), /^\/$/);
  });

  test('who lost it comes in with a new one, and the old one opens nothing', async () => {
    const [old] = await authenticator.credentials();
    const confirmed = async (page, login, act) => {
      await act();
      await page.waitForLoadState();
      if (!new URL(page.url()).pathname.startsWith('/fresh')) return;
      await page.fill(CODE, await officer(login).code());
      await page.locator(CODE).press('Enter');
      await page.waitForURL((url) => !url.pathname.startsWith('/fresh'));
      await act();
    };
    // Sari came in since the administrator last looked.
    await admin.reload();
    await confirmed(admin, 'admin', () => admin.getByRole('button', { name: 'Passkey lost' }).click());
    const letters = (await admin.locator('#letters').innerText()).trim();
    await head.goto(await admin.getByRole('link', { name: 'Open the request' }).getAttribute('href'));
    await confirmed(head, 'kepala', () => head.getByRole('button', { name: 'Let the link work' }).click());
    await head.getByText('Approved', { exact: true }).waitFor();
    await sari.waitForURL((url) => url.pathname.startsWith('/sign-in'));
    await authenticator.remove(old.credentialId);
    await comesWith(letters, 'Make a new passkey', 'Laptop baru');
    assert.equal(await sari.getByRole('row', { name: /Laptop Sari/ }).count(), 0);
    await press(sari, sari.getByRole('button', { name: 'Sign out' }));
    await sari.getByText('You are signed out.').waitFor();

    // The lost one is found by somebody: it is known to nobody any more.
    const [now] = await authenticator.credentials();
    await authenticator.remove(now.credentialId);
    await authenticator.put(old);
    await press(sari, sari.getByRole('button', { name: 'Sign in with a passkey' }));
    await sari.getByRole('status').getByText('The passkey was not accepted.').waitFor();
    assert.match(new URL(sari.url()).pathname, /^\/sign-in/);
    await authenticator.remove(old.credentialId);
    await authenticator.put(now);
    await pressOn(sari, sari.getByRole('button', { name: 'Sign in with a passkey' }), /^\/$/);
    assert.deepEqual([...admin.complaints, ...head.complaints, ...sari.complaints], []);
  });
});
