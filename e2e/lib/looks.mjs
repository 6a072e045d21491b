// One page in every way that people see it: asked for barriers, and kept as a picture where pictures are wanted.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { openPage } from './browser.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const OUT = fileURLToPath(new URL('../out/', import.meta.url));
/** Pictures take as long as everything else together: `node run.mjs --pictures`. */
const PICTURES = process.env.SIGER_TEST_PICTURES === '1';

export const LANGUAGES = ['id', 'en'];
export const THEMES = ['light', 'dark'];
/** The narrowest screen that WCAG 1.4.10 asks for, and a desk. */
export const WIDTHS = [320, 1440];
/** A4 between the margins of the style sheet, 178 mm at 96 px an inch. */
const PAPER = 673;

/** A theme changes colours and nothing else. */
const IN_ANOTHER_THEME = ['color-contrast', 'link-in-text-block'];

const size = (width) => ({ width, height: width < 600 ? 640 : 900 });

/**
 * Brings to its end what moves and will come to rest: a colour half way between two themes is no fault of either. What goes
 * round for ever (a sign of waiting) is left alone.
 */
async function settled(page) {
  await page.evaluate(() => {
    for (const animation of document.getAnimations()) if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish();
  });
}

/** The barriers that axe finds on the page as it stands: a list of sentences, empty when there are none. `only` names some of its rules. */
export async function barriers(page, only) {
  // Through the debugger, not as a script of the page: the page's own policy stays in force.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  // Without reading style sheets a second time: ours turn no page on its side, the one thing that is looked for in them.
  const options = { resultTypes: ['violations'], preload: false, ...(only && { runOnly: only }) };
  const { violations } = await page.evaluate((options) => globalThis.axe.run(document, options), options);
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id} (${help}): ${node.target.join(' ')}`));
}

/** What of the page lies beyond the right edge: on a narrow screen nobody should have to scroll two ways. */
export async function overflow(page) {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth));
}

async function tooWide(page) {
  const beyond = await overflow(page);
  return beyond > 0 ? [`${beyond} px lie beyond the right edge`] : [];
}

export async function picture(page, name) {
  if (!PICTURES) return;
  mkdirSync(OUT, { recursive: true });
  await page.screenshot({ path: `${OUT}${name}.png`, fullPage: true });
}

/**
 * With a palette of the person's own, grounds and shadows are gone: what is chosen, and what can be pressed or filled in, must
 * show by something else.
 */
async function lostInForcedColours(page) {
  return page.evaluate(() => {
    const seen = (element) => element.getClientRects().length > 0;
    const style = (element) => getComputedStyle(element);
    const called = (element) => `${element.tagName.toLowerCase()}${element.id && `#${element.id}`} "${element.textContent.trim().slice(0, 30)}"`;
    const marks = (element) => {
      const { outlineStyle, outlineWidth, fontWeight, textDecorationLine, borderBlockStart, borderBlockEnd, borderInlineStart } = style(element);
      return JSON.stringify([outlineStyle, outlineWidth, fontWeight, textDecorationLine, borderBlockStart, borderBlockEnd, borderInlineStart]);
    };
    const lost = [];
    for (const chosen of document.querySelectorAll('[aria-current]:not([aria-current="false"]), [aria-pressed="true"]')) {
      if (!seen(chosen)) continue;
      const others = [...(chosen.closest('ul, ol, form, .switch') ?? document.body).querySelectorAll(`${chosen.tagName}:not([aria-current], [aria-pressed="true"])`)];
      const other = others.find(seen);
      // A step of a way is numbered, and says in words that it is the present one.
      if (other && !chosen.matches('li') && marks(chosen) === marks(other)) lost.push(`nothing but its ground says that it is chosen: ${called(chosen)}`);
    }
    for (const control of document.querySelectorAll('.button, .input, .badge, .notice, .card')) {
      const { borderTopStyle, borderTopWidth } = style(control);
      if (seen(control) && (borderTopStyle === 'none' || borderTopWidth === '0px')) lost.push(`has no edge: ${called(control)}`);
    }
    // The browser pairs the colours of a palette, unless it was told to leave them alone.
    for (const element of document.querySelectorAll('body *')) {
      if (style(element).forcedColorAdjust === 'none' && element.textContent.trim() !== '' && seen(element)) lost.push(`keeps colours of its own: ${called(element)}`);
    }
    return lost;
  });
}

/** Remembers what is there to read, before it goes to paper. */
async function remember(page) {
  await page.evaluate(() => {
    const reads = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '');
    const shown = (element) => element.getClientRects().length > 0;
    // What is pressed is of no use on paper, and neither is what only leads elsewhere.
    const forScreens = '.button, button, .pager, .tabs, .switch, .no-print, script, style, option';
    globalThis.readable = [...document.querySelectorAll('main *, .sample *')].filter((element) => reads(element) && shown(element) && !element.closest(forScreens));
  });
}

/** What could be read on the screen and cannot on paper, or runs off it. */
async function lostOnPaper(page) {
  return page.evaluate(() => {
    const called = (element) => `${element.tagName.toLowerCase()}.${element.className} "${element.textContent.trim().slice(0, 30)}"`;
    const gone = globalThis.readable.filter((element) => element.isConnected && element.getClientRects().length === 0);
    const cut = [...document.querySelectorAll('main *')].filter(
      (element) => getComputedStyle(element).overflowX !== 'visible' && element.clientWidth > 1 && element.scrollWidth > element.clientWidth + 1 && !element.matches('input, textarea'),
    );
    return [...gone.map((element) => `is not printed: ${called(element)}`), ...cut.map((element) => `is cut off: ${called(element)}`)];
  });
}

/**
 * Looks at a page that is open, in each theme and width, in a person's own colours and on paper; gives back all that is wrong
 * with it as sentences. `name` is for pictures.
 */
export async function study(page, name, language) {
  const found = [];
  const at = (look) => (what) => found.push(`${look}: ${what}`);
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme });
    for (const width of WIDTHS) {
      const look = `${language} ${theme} ${width}`;
      await page.setViewportSize(size(width));
      await settled(page);
      (await barriers(page, theme === 'light' ? undefined : IN_ANOTHER_THEME)).forEach(at(look));
      (await tooWide(page)).forEach(at(look));
      await picture(page, `${name}-${language}-${theme}-${width}`);
    }
  }
  await remember(page);
  for (const theme of THEMES) {
    const look = `${language} ${theme} forced colours`;
    await page.emulateMedia({ colorScheme: theme, forcedColors: 'active' });
    for (const width of WIDTHS) {
      await page.setViewportSize(size(width));
      await settled(page);
      (await tooWide(page)).forEach(at(`${look} ${width}`));
    }
    (await lostInForcedColours(page)).forEach(at(look));
    await picture(page, `${name}-${language}-${theme}-forced`);
  }
  await page.setViewportSize(size(PAPER));
  for (const theme of THEMES) {
    const look = `${language} ${theme} paper`;
    await page.emulateMedia({ colorScheme: theme, forcedColors: 'none', media: 'print' });
    await settled(page);
    (await tooWide(page)).forEach(at(look));
    (await lostOnPaper(page)).forEach(at(look));
    (await barriers(page, ['color-contrast'])).forEach(at(look));
    await picture(page, `${name}-${language}-${theme}-paper`);
  }
  await page.emulateMedia({ colorScheme: null, forcedColors: null, media: null });
  return found;
}

/**
 * Opens `path` once in each language and looks at it in every way; gives back all that is wrong with it.
 * `prepare(page)` may sign in first.
 *   assert.deepEqual(await faults(browser, office, '/sign-in'), [])
 */
export async function faults(browser, office, path, { prepare = async () => {} } = {}) {
  const name = path.replace(/^\//, '').replace(/[^a-z0-9]+/g, '-') || 'home';
  const inLanguage = async (language) => {
    const found = [];
    const say = (what) => found.push(`${path} ${what}`);
    const page = await openPage(browser, office, { language });
    try {
      await prepare(page);
      const response = await page.goto(path);
      if (!response.ok()) say(`${language}: answered ${response.status()}`);
      if ((await page.getAttribute('html', 'lang')) !== language) say(`${language}: the page is not marked with its language`);
      (await study(page, name, language)).forEach(say);
      page.complaints.forEach((what) => say(`${language}: ${what}`));
    } finally {
      await page.context().close();
    }
    return found;
  };
  return (await Promise.all(LANGUAGES.map(inLanguage))).flat();
}
