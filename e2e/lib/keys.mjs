// The desk without a mouse: stories that are told with these never point at anything.
import assert from 'node:assert/strict';

/** More than any page of the desk has; a page that needs more is itself a barrier. */
const PRESSES_MAX = 80;
/** The longest that a page may roll to what has the focus. */
const ROLL_MS_MAX = 2_000;

const focused = (target) => target.evaluate((element) => element === document.activeElement);

/** Whether a person sees where they are: the ring of the focus, within the window. */
const shown = (target) =>
  target.evaluate((element) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const { top, bottom, left, right } = element.getBoundingClientRect();
    return outlineStyle !== 'none' && outlineWidth !== '0px' && bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
  });

async function tabUntil(page, reached, target) {
  for (let presses = 0; !(await reached()); presses += 1) {
    assert.ok(presses < PRESSES_MAX, `${presses} presses of Tab do not reach ${target}`);
    await page.keyboard.press('Tab');
  }
}

/** Goes on with Tab until `target` has the focus, which must be seen there. */
export async function tabTo(page, target) {
  await tabUntil(page, () => focused(target), target);
  // A long page rolls there.
  const deadline = Date.now() + ROLL_MS_MAX;
  while (!(await shown(target))) {
    assert.ok(Date.now() < deadline, `nobody sees that ${target} has the focus`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Goes to the group of radio buttons that `target` is in, and on with the arrow until it is chosen. */
export async function choose(page, target) {
  const inGroup = () => target.evaluate((radio) => document.activeElement?.type === 'radio' && document.activeElement.name === radio.name);
  await tabUntil(page, inGroup, target);
  if (!(await target.isChecked())) await page.keyboard.press('Space');
  for (let presses = 0; !(await target.isChecked()); presses += 1) {
    assert.ok(presses < PRESSES_MAX, `${presses} presses of an arrow do not reach ${target}`);
    await page.keyboard.press('ArrowDown');
  }
}

/** Goes there and types; on a list that is closed, the first letters choose. */
export async function typeInto(page, target, text) {
  await tabTo(page, target);
  await page.keyboard.type(text);
}

/** Goes there and presses, as `key` does: Enter for a link or a button, Space for a box. */
export async function press(page, target, key = 'Enter') {
  await tabTo(page, target);
  await page.keyboard.press(key);
}

/** The same, and waits for the page that follows; `path` is tried against its address. */
export async function pressOn(page, target, path) {
  await tabTo(page, target);
  await Promise.all([page.waitForURL((url) => path.test(url.pathname + url.search)), page.keyboard.press('Enter')]);
}
