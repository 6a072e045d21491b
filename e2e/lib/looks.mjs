// One page in every way that people see it: asked for barriers, and kept as a picture.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { openPage } from './browser.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const OUT = fileURLToPath(new URL('../out/', import.meta.url));

export const LANGUAGES = ['id', 'en'];
export const THEMES = ['light', 'dark'];
/** The narrowest screen that WCAG 1.4.10 asks for, and a desk. */
export const WIDTHS = [320, 1440];

/**
 * Waits until nothing moves that will come to rest: a colour half way between two themes is no fault of either.
 * What goes round for ever (a sign of waiting) is left alone.
 */
async function settled(page) {
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity)
        .map((animation) => animation.finished),
    ),
  );
}

/** The barriers that axe finds on the page as it stands: a list of sentences, empty when there are none. */
export async function barriers(page) {
  // Through the debugger, not as a script of the page: the page's own policy stays in force.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id} (${help}): ${node.target.join(' ')}`));
}

/** What of the page lies beyond the right edge: on a narrow screen nobody should have to scroll two ways. */
export async function overflow(page) {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth));
}

export async function picture(page, name) {
  mkdirSync(OUT, { recursive: true });
  await page.screenshot({ path: `${OUT}${name}.png`, fullPage: true });
}

/**
 * Opens `path` once in each language, looks at it in each theme and width, and gives back all that is wrong with it.
 * `prepare(page)` may sign in first.
 *   assert.deepEqual(await faults(browser, office, '/sign-in'), [])
 */
export async function faults(browser, office, path, { prepare = async () => {} } = {}) {
  const found = [];
  const name = path.replace(/^\//, '').replace(/[^a-z0-9]+/g, '-') || 'home';
  for (const language of LANGUAGES) {
    const page = await openPage(browser, office, { language });
    const say = (look) => (what) => found.push(`${path} ${look}: ${what}`);
    try {
      await prepare(page);
      const response = await page.goto(path);
      if (!response.ok()) say(language)(`answered ${response.status()}`);
      if ((await page.getAttribute('html', 'lang')) !== language) say(language)('the page is not marked with its language');
      for (const theme of THEMES) {
        await page.emulateMedia({ colorScheme: theme });
        for (const width of WIDTHS) {
          const look = `${language} ${theme} ${width}`;
          await page.setViewportSize({ width, height: width < 600 ? 640 : 900 });
          await settled(page);
          (await barriers(page)).forEach(say(look));
          const beyond = await overflow(page);
          if (beyond > 0) say(look)(`${beyond} px lie beyond the right edge`);
          await picture(page, `${name}-${language}-${theme}-${width}`);
        }
      }
      page.complaints.forEach(say(language));
    } finally {
      await page.context().close();
    }
  }
  return found;
}
