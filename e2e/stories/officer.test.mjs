// An officer's years in the office: invited, given work by two people, stopped, back again, and the phone lost, which takes two people as well.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CODE, launch, NAME, noBrowser, openPage, PASSWORD, signIn } from '../lib/browser.mjs';
import { openOffice, skipped } from '../lib/office.mjs';
import { generator } from '../lib/totp.mjs';

const skip = skipped() || noBrowser();

/** What the page of a new phone shows, put into a generator as somebody types it. */
const fromPage = async (page) => generator(`otpauth://totp/sari?secret=${(await page.locator('#secret').innerText()).replace(/\s/g, '')}`);

describe("an officer's years", { skip }, () => {
  let browser, office, admin, hadi, sari;
  const officer = (login) => office.officers.find((it) => it.login === login);
  const comes = async (login) => {
    const page = await openPage(browser, office, { language: 'en' });
    await signIn(page, officer(login));
    return page;
  };

  /** Does what may ask once more who it is; then it is asked, answered and done. */
  const confirmed = async (page, login, act) => {
    await act();
    await page.waitForLoadState();
    if (!new URL(page.url()).pathname.startsWith('/fresh')) return;
    await page.fill(CODE, await officer(login).code());
    await page.locator(CODE).press('Enter');
    await page.waitForURL((url) => !url.pathname.startsWith('/fresh'));
    await act();
  };

  before(async () => {
    office = await openOffice();
    browser = await launch();
    [admin, hadi] = await Promise.all([comes('admin'), comes('kepala')]);
    sari = await openPage(browser, office, { language: 'en' });
  });

  after(async () => {
    await browser?.close();
    await office?.stop();
  });

  const password = 'perahu kayu di tepi way besai';
  let page, code;

  test('an administrator invites, and the new officer comes in by a link that works once', async () => {
    await admin.goto('/officers/new');
    await admin.getByLabel('Name', { exact: true }).fill('Sari N. (contoh)');
    await admin.getByLabel('Sign-in name').fill('sari');
    await admin.getByRole('checkbox', { name: 'Counter officer' }).check();
    await admin.getByRole('button', { name: 'Invite and show the link' }).click();
    const link = (await admin.locator('#link').innerText()).trim();
    assert.ok(link.startsWith(`${office.address}/join/`), link);
    await admin.getByText('The roles wait for a second person.').waitFor();
    const request = await admin.getByRole('link', { name: 'Open the request' }).getAttribute('href');
    await admin.getByRole('link', { name: 'Done, I handed it over' }).click();
    await admin.getByText('A one-time link is waiting to be used.').waitFor();
    page = new URL(admin.url()).pathname;
    assert.equal(await admin.getByText(link).count(), 0, 'the link is shown once');

    await sari.goto(link);
    await sari.getByRole('heading', { level: 1, name: 'Welcome' }).waitFor();
    await sari.getByLabel('New password').fill('sari sari');
    await sari.getByRole('button', { name: 'Go on to the code' }).click();
    await sari.locator('.summary').getByText('too short').waitFor();
    await sari.getByLabel('New password').fill(password);
    await sari.getByRole('button', { name: 'Go on to the code' }).click();
    code = await fromPage(sari);
    await sari.fill(CODE, await code());
    await sari.getByRole('button', { name: 'Finish and sign in' }).click();
    await sari.getByRole('heading', { level: 1, name: 'Good to see you, Sari N. (contoh)' }).waitFor();

    const again = await sari.request.get(link);
    assert.ok(!again.ok(), 'the link works twice');

    // Who asked cannot agree, and until somebody does the newcomer works nowhere.
    assert.equal((await sari.request.get('/persons')).status(), 403);
    await admin.goto(request);
    await admin.getByText('This is your own request.').waitFor();
    await hadi.goto(request);
    await confirmed(hadi, 'kepala', () => hadi.getByRole('button', { name: 'Approve the roles' }).click());
    await hadi.getByText('Approved', { exact: true }).waitFor();
    assert.equal((await sari.request.get('/persons')).status(), 200);
    await sari.goto('/');
  });

  test('a new link that went astray is withdrawn before anybody uses it', async () => {
    await admin.goto('/officers/new');
    await admin.getByLabel('Name', { exact: true }).fill('Tomo K. (contoh)');
    await admin.getByLabel('Sign-in name').fill('tomo');
    await admin.getByRole('checkbox', { name: 'Cashier' }).check();
    await admin.getByRole('button', { name: 'Invite and show the link' }).click();
    const link = (await admin.locator('#link').innerText()).trim();
    await admin.getByRole('link', { name: 'Done, I handed it over' }).click();
    assert.ok((await admin.request.get(link)).ok());
    await admin.getByRole('button', { name: 'Withdraw the link' }).click();
    await admin.getByText('A one-time link is waiting to be used.').waitFor({ state: 'detached' });
    assert.equal((await admin.request.get(link)).status(), 409);
  });

  test('other roles need a second person, and work at once when they agree', async () => {
    assert.equal(await sari.getByRole('link', { name: 'Officers' }).count(), 0);
    await admin.goto(page);
    await admin.getByRole('link', { name: 'Ask for other roles' }).click();
    await admin.getByRole('checkbox', { name: 'Auditor' }).check();
    await admin.getByRole('checkbox', { name: 'Counter officer' }).uncheck();
    await admin.getByRole('button', { name: 'Send to the second person' }).click();
    await admin.getByText('This is your own request.').waitFor();
    await sari.reload();
    assert.equal(await sari.getByRole('link', { name: 'Officers' }).count(), 0, 'nothing changes before somebody decided');

    await hadi.goto(new URL(admin.url()).pathname);
    await confirmed(hadi, 'kepala', () => hadi.getByRole('button', { name: 'Approve the roles' }).click());
    await hadi.getByText('Approved', { exact: true }).waitFor();
    await sari.reload();
    await sari.getByRole('link', { name: 'Officers' }).first().click();
    await sari.waitForURL(/\/officers$/);
  });

  test('whoever is stopped is out at once, and comes back only when somebody lets them', async () => {
    await sari.goto('/account');
    await admin.goto(page);
    await admin.locator('summary.button.danger').click();
    await confirmed(admin, 'admin', () => admin.getByRole('button', { name: 'Stop access now' }).click());
    await admin.getByText('Access stopped', { exact: true }).waitFor();
    // The page that stands open leaves by itself: going somewhere at the same moment would race with it.
    await sari.waitForURL((url) => url.pathname.startsWith('/sign-in'));
    await sari.fill(NAME, 'sari');
    await sari.fill(PASSWORD, password);
    await sari.fill(CODE, await code());
    await sari.locator(CODE).press('Enter');
    await sari.waitForSelector('[role="alert"]');
    assert.match(new URL(sari.url()).pathname, /^\/sign-in/);

    await confirmed(admin, 'admin', () => admin.getByRole('button', { name: 'Give access back' }).click());
    await admin.getByText('Active', { exact: true }).waitFor();
    await signIn(sari, { login: 'sari', password, code });
  });

  test('a lost phone ends what the old one opened, and a new one takes its place', async () => {
    await admin.goto(page);
    await confirmed(admin, 'admin', () => admin.getByRole('button', { name: 'Phone lost' }).click());
    const link = (await admin.locator('#link').innerText()).trim();
    await admin.getByText('This link opens nothing yet.').waitFor();
    assert.equal((await admin.request.get(link)).status(), 409);
    await hadi.goto(await admin.getByRole('link', { name: 'Open the request' }).getAttribute('href'));
    await hadi.getByText('Ask the officer yourself.').waitFor();
    await confirmed(hadi, 'kepala', () => hadi.getByRole('button', { name: 'Let the link work' }).click());
    await hadi.getByText('Approved', { exact: true }).waitFor();
    // A page that hears of it leaves by itself, which may come first.
    await sari.goto('/').catch(() => {});
    await sari.waitForURL((url) => url.pathname.startsWith('/sign-in'));

    const lost = code;
    await sari.goto(link);
    await sari.getByRole('heading', { level: 1, name: 'Set up codes on a new phone' }).waitFor();
    await sari.getByLabel('New password').fill(`${password} lagi`);
    await sari.getByRole('button', { name: 'Go on to the code' }).click();
    code = await fromPage(sari);
    await sari.fill(CODE, await code());
    await sari.getByRole('button', { name: 'Finish and sign in' }).click();
    await sari.getByRole('heading', { level: 1, name: 'Good to see you, Sari N. (contoh)' }).waitFor();
    await sari.getByRole('button', { name: 'Sign out' }).click();
    await sari.getByText('You are signed out.').waitFor();

    await sari.fill(NAME, 'sari');
    await sari.fill(PASSWORD, `${password} lagi`);
    await sari.fill(CODE, await lost());
    await sari.locator(CODE).press('Enter');
    await sari.waitForSelector('[role="alert"]');
    await signIn(sari, { login: 'sari', password: `${password} lagi`, code });
    await sari.goto('/account');
    await sari.getByText('Code generator').first().waitFor();
    assert.deepEqual([...admin.complaints, ...hadi.complaints, ...sari.complaints], []);
  });
});
