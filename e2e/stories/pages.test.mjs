// Every page of the program, in both languages, both themes, on a phone and on a desk, in a person's own colours, on paper,
// and without JavaScript.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, newContext, noBrowser } from '../lib/browser.mjs';
import { LANGUAGES, overflow, study } from '../lib/looks.mjs';
import { openOffice, skipped } from '../lib/office.mjs';
import { NO_PAGE, routes, tour } from '../lib/tour.mjs';

const skip = skipped() || noBrowser();

describe('the pages', { skip }, () => {
  let browser, office, profiles, stops;

  before(async () => {
    office = await openOffice();
    browser = await launch();
    ({ profiles, stops } = await tour(browser, office));
  });

  after(async () => {
    await browser?.close();
    await office?.stop();
  });

  test('are all looked at', () => {
    const seen = new Set(stops.map((stop) => stop.route));
    assert.deepEqual(routes().filter((route) => !NO_PAGE.includes(route) && !seen.has(route)), []);
  });

  // Both languages beside each other: one browser draws while the other thinks.
  const looked = async (language) => {
    const found = [];
    for (const [index, { who, name, path, go, status }] of stops.entries()) {
      const page = await profiles[who][language].newPage();
      const say = (what) => found.push(`${name} as ${who}, ${what}`);
      try {
        page.on('pageerror', (error) => say(`${language}: ${error}`));
        page.on('console', (message) => {
          if (['error', 'warning'].includes(message.type()) && !/status of 4\d\d/.test(message.text())) say(`${language}: ${message.text()}`);
        });
        const answer = await go(page);
        if (status ? answer.status() !== status : answer.status() >= 400 && answer.status() !== 422) say(`${language}: answered ${answer.status()}`);
        const at = new URL(page.url()).pathname;
        if (path ? at !== path : at === '/sign-in' && who !== 'nobody') say(`${language}: led to ${at}`);
        if ((await page.getAttribute('html', 'lang')) !== language) say(`${language}: is not marked with its language`);
        if ((await page.locator('h1').count()) !== 1) say(`${language}: has not one heading`);
        const called = `${String(index).padStart(2, '0')}-${who}-${name.replace(/[0-9a-fA-Z-]{30,}/g, 'id').replace(/[^a-zA-Z0-9]+/g, '-').replace(/^-|-$/g, '') || 'home'}`;
        (await study(page, called, language)).forEach(say);
      } catch (error) {
        say(`${language}: ${error.message}`);
      } finally {
        await page.close();
      }
    }
    return found;
  };

  test('have no barriers', async () => {
    assert.equal((await Promise.all(LANGUAGES.map(looked))).flat().join('\n'), '');
  });

  test('are whole without JavaScript', async () => {
    const found = [];
    for (const who of Object.keys(profiles)) {
      const context = await newContext(browser, office, { javascript: false, width: 320, storageState: await profiles[who].id.storageState() });
      const page = await context.newPage();
      for (const { name, path, go, status } of stops.filter((stop) => stop.who === who && stop.path)) {
        const say = (what) => found.push(`${name} as ${who}: ${what}`);
        const answer = await go(page);
        if (answer.status() !== (status ?? 200)) say(`answered ${answer.status()}`);
        if (new URL(page.url()).pathname !== path) say(`led to ${page.url()}`);
        if (!(await page.locator('h1').isVisible())) say('shows no heading');
        if ((await page.locator('.script-only:visible, [data-connection]:visible').count()) > 0) say('offers what needs a script');
        if ((await overflow(page)) > 0) say('is wider than the screen');
        const forms = await page.locator('main form:not(.script-only):visible').all();
        for (const form of forms) if ((await form.locator('button, summary').count()) === 0 && (await form.locator('input[type="search"]').count()) === 0) say('has a form that cannot be sent');
      }
      await context.close();
    }
    assert.equal(found.join('\n'), '');
  });
});
