// Writes the pictures of the README: a person's file on a desk, light and dark, from a fresh sample office.
//   SIGER_TEST_BINARY=../target/release/siger node pictures.mjs
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launch, openPage, signIn } from './lib/browser.mjs';
import { openOffice } from './lib/office.mjs';

const out = (name) => fileURLToPath(new URL(`../docs/img/${name}`, import.meta.url));
mkdirSync(out(''), { recursive: true });

const office = await openOffice();
const browser = await launch();
try {
  const page = await openPage(browser, office, { language: 'en', width: 1280 });
  await signIn(page, office.officers.find((it) => it.login === 'ratih'));
  await page.goto('/persons');
  await page.locator('tbody a').first().press('Enter');
  await page.getByText('Connected', { exact: true }).waitFor();
  await page.evaluate(() => document.fonts.ready);
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.screenshot({ path: out(`person-${theme}.png`), animations: 'disabled' });
  }
} finally {
  await browser.close();
  await office.stop();
}
