// A browser as a person has it, and signing in with it.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const CHROMIUM = process.env.SIGER_TEST_CHROMIUM ?? '/usr/bin/chromium';

/** Why there is no browser here, or `false`. */
export function noBrowser() {
  return existsSync(CHROMIUM) ? false : `${CHROMIUM} is not installed`;
}

export function launch() {
  return chromium.launch({
    executablePath: CHROMIUM,
    // Its sandbox does not work for root; nothing but our own pages is opened.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      // It asks the outside for updates and experiments at every start, which a closed network refuses many times over.
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A fresh profile; with `storageState`, one that is signed in where another was. */
export async function newContext(browser, office, { language = 'id', theme = 'light', width = 1440, javascript = true, storageState } = {}) {
  const context = await browser.newContext({
    baseURL: office.address,
    locale: language === 'id' ? 'id-ID' : 'en-GB',
    timezoneId: 'Asia/Jakarta',
    colorScheme: theme,
    viewport: { width, height: width < 600 ? 640 : 900 },
    javaScriptEnabled: javascript,
    storageState,
  });
  // Everything here answers in a moment; a story that waits longer has gone wrong.
  context.setDefaultTimeout(15_000);
  return context;
}

/**
 * A page in a fresh profile. `complaints` collects what the browser says in its console: a script that the policy of
 * content blocked, a file that is not there, an error. Stories end with `assert.deepEqual(page.complaints, [])`.
 */
export async function openPage(browser, office, options) {
  const context = await newContext(browser, office, options);
  const page = await context.newPage();
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  page.on('console', (message) => {
    // A form that is shown again with what was wrong, or a refusal, is an answer: a missing file (404) is not.
    if (['error', 'warning'].includes(message.type()) && !/status of 4(?!04)\d\d/.test(message.text())) page.complaints.push(message.text());
  });
  page.on('response', (response) => {
    if (response.status() >= 500) page.complaints.push(`${response.status()} ${response.url()}`);
  });
  return page;
}

// The fields are found by what they are for (WCAG 1.3.5), which is the same in every language.
export const NAME = 'input[autocomplete~="username"]';
export const PASSWORD = 'input[autocomplete~="current-password"]';
export const CODE = 'input[autocomplete~="one-time-code"]';

/** Signs in by password and code, whether the code is asked for on the same page or on the next. */
export async function signIn(page, officer) {
  await page.goto('/sign-in');
  await page.fill(NAME, officer.login);
  await page.fill(PASSWORD, officer.password);
  if ((await page.locator(CODE).count()) === 0) {
    await page.locator(PASSWORD).press('Enter');
    await page.waitForSelector(CODE);
  }
  await page.fill(CODE, await officer.code());
  await Promise.all([page.waitForURL((url) => !url.pathname.startsWith('/sign-in')), page.locator(CODE).press('Enter')]);
}

/**
 * Gives the page an authenticator that says yes, as a phone with a finger on it: passkeys can be made and used from then on.
 * The result has `credentials()`, those it holds, `remove(id)` and `put(credential)`, as if the device were lost and found, and `refuse()`, after which it
 * says no.
 */
export async function addAuthenticator(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  return {
    credentials: async () => (await devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    remove: (credentialId) => devtools.send('WebAuthn.removeCredential', { authenticatorId, credentialId }),
    put: (credential) => devtools.send('WebAuthn.addCredential', { authenticatorId, credential }),
    refuse: () => devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false }),
  };
}
