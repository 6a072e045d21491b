// Many pages of one officer at once: a browser opens six connections to an office, and every page wants to hear what changes.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, noBrowser, openPage, signIn } from '../lib/browser.mjs';
import { openOffice, skipped } from '../lib/office.mjs';

const skip = skipped() || noBrowser();
const TABS = 8;

describe('many pages at once', { skip }, () => {
  let browser, office;
  const known = (login) => office.officers.find((it) => it.login === login);

  before(async () => {
    office = await openOffice();
    browser = await launch();
  });

  after(async () => {
    await browser?.close();
    await office?.stop();
  });

  /** A page like the others of this profile, which collects into the same complaints. */
  const beside = async (first, path) => {
    const page = await first.context().newPage();
    page.on('pageerror', (error) => first.complaints.push(String(error)));
    await page.goto(path);
    await page.getByText('Connected', { exact: true }).waitFor();
    return page;
  };

  /** As when another tab is shown, or this one again: what a browser tells the page. */
  const look = (page, seen) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, !seen);

  const ask = async (page, ground) => {
    await page.goto('/persons');
    await page.locator('tbody a[href^="/persons/"]').nth(ground).click();
    await page.getByRole('link', { name: 'Ask for erasure' }).click();
    await page.getByRole('radio', { name: 'The person asked for it' }).check();
    await page.locator('summary.button.danger').click();
    await page.getByRole('button', { name: 'Put it to a second person' }).click();
    await page.getByText('This is your own request.').waitFor();
    return new URL(page.url()).pathname;
  };

  test('all are shown, all hear, and what was missed comes when one is looked at', async () => {
    const dewi = await openPage(browser, office, { language: 'en' });
    await signIn(dewi, known('privasi'));
    const ratih = await openPage(browser, office, { language: 'en' });
    await signIn(ratih, known('ratih'));

    const pages = [];
    for (let tab = 0; tab < TABS; tab += 1) pages.push(await beside(dewi, '/requests'));
    // Still room for the next click, and for those of every other page.
    await Promise.all(pages.map((page) => page.request.get('/account')));
    await dewi.goto('/account');
    await dewi.getByText('Connected', { exact: true }).waitFor();

    const first = await ask(ratih, 3);
    const row = (page, request) => page.locator(`#requests-list a[href="${request}"]`);
    await Promise.all(pages.map((page) => row(page, first).waitFor()));

    // One is looked at no more, then none: nobody listens. What happens meanwhile is there as soon as one is looked at again.
    const [one, ...others] = pages;
    await look(one, false);
    const second = await ask(ratih, 4);
    await Promise.all(others.map((page) => row(page, second).waitFor()));
    assert.equal(await row(one, second).count(), 0, 'nobody sees it, so it need not ask');
    await look(one, true);
    await row(one, second).waitFor();

    for (const page of [dewi, ...pages]) await look(page, false);
    const third = await ask(ratih, 5);
    assert.equal(await row(one, third).count(), 0);
    await look(one, true);
    await row(one, third).waitFor();
    await look(others[0], true);
    await row(others[0], third).waitFor();

    // The one that listens is closed; another goes on.
    await one.close();
    const fourth = await ask(ratih, 6);
    await row(others[0], fourth).waitFor();
    assert.deepEqual([...dewi.complaints, ...ratih.complaints], []);

    // A page that nobody looked at when the sign-in ended leaves when it is looked at.
    for (const page of [dewi, ...others]) await look(page, false);
    await dewi.bringToFront();
    await dewi.getByRole('button', { name: 'Sign out' }).click();
    await dewi.getByText('You are signed out.').waitFor();
    // Somebody else signs in at the same browser; what the other saw is theirs no more.
    await signIn(dewi, known('kepala'));
    await look(others[0], true);
    await others[0].getByRole('heading', { level: 1, name: 'Requests' }).waitFor();
    await others[0].waitForFunction(() => !document.hidden);
    await others[0].getByText('Hadi').first().waitFor();
    assert.deepEqual(dewi.complaints, []);
  });
});
