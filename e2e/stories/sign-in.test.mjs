// An officer comes in the morning and signs in.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CODE, launch, NAME, noBrowser, openPage, PASSWORD, signIn } from '../lib/browser.mjs';
import { faults } from '../lib/looks.mjs';
import { openOffice, skipped } from '../lib/office.mjs';

const skip = skipped() || noBrowser();

describe('signing in', { skip }, () => {
  let browser, office;

  before(async () => {
    office = await openOffice();
    browser = await launch();
  });

  after(async () => {
    await browser?.close();
    await office?.stop();
  });

  test('the page has no barriers in any language, theme or width', async () => {
    assert.deepEqual(await faults(browser, office, '/sign-in'), []);
  });

  // Each story has an officer of its own: a code is accepted once, and waiting for the next takes half a minute.
  for (const [index, javascript] of [true, false].entries()) {
    test(`password and code open the office ${javascript ? 'with' : 'without'} JavaScript`, async () => {
      const page = await openPage(browser, office, { javascript });
      await signIn(page, office.officers[index]);
      assert.equal((await page.request.get('/')).status(), 200);
      assert.deepEqual(page.complaints, []);
      await page.context().close();
    });
  }

  test('a wrong password says so and lets nobody in', async () => {
    const page = await openPage(browser, office, { language: 'en' });
    await page.goto('/sign-in');
    await page.fill(NAME, office.officers[2].login);
    await page.fill(PASSWORD, 'not the password');
    if ((await page.locator(CODE).count()) > 0) await page.fill(CODE, await office.officers[2].code());
    await page.locator(PASSWORD).press('Enter');
    await page.waitForSelector('[role="alert"]');
    assert.match(new URL(page.url()).pathname, /^\/sign-in/);
    await page.context().close();
  });
});
