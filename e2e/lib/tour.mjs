// Every page of the program, where it is on a sample office and whose it is.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CODE, newContext, openPage, signIn } from './browser.mjs';
import { LANGUAGES } from './looks.mjs';

const ROUTES = fileURLToPath(new URL('../../crates/testkit/tests/it/desk/routes.rs', import.meta.url));

/** The addresses that the program answers to a browser, from the table that its own tests hold it to. */
export function routes() {
  return [...readFileSync(ROUTES, 'utf8').matchAll(/\("GET", "([^"]+)"/g)].map(([, path]) => path);
}

/** Those that show no page: they lead to one, or are files. */
export const NO_PAGE = ['/assets/{file}', '/live', '/health', '/ready', '/metrics', '/persons/search', '/persons/{id}/notes', '/persons/{id}/blobs', '/officers/{id}/leave', '/persons/{id}/blobs/{blob}', '/join/{code}/password', '/join/{code}/code', '/journal/{number}/receipt', '/log/checkpoint', '/log/vkey', '/log/tile/{*rest}'];

const first = async (page, path, pattern) => {
  const found = pattern.exec(await (await page.request.get(path)).text());
  if (!found) throw new Error(`${path} has no ${pattern}`);
  return found[1];
};

/** Opens a page that may ask first who it is; then it is told, and goes on. */
async function open(page, path, officer) {
  const answer = await page.goto(path);
  if (path.startsWith('/fresh') || !new URL(page.url()).pathname.startsWith('/fresh')) return answer;
  await page.fill(CODE, await officer.code());
  const [shown] = await Promise.all([page.waitForResponse((it) => it.request().isNavigationRequest() && it.status() !== 303), page.locator(CODE).press('Enter')]);
  await page.waitForLoadState();
  return shown;
}

/**
 * Signs in whom the tour needs and prepares what the pages are to show. The result has `profiles`, a browser profile in each
 * language for each officer by their name (`nobody`, too), and `stops`: `{ route, who, name, go(page) }`, of which `go` opens the
 * page and gives the answer.
 */
export async function tour(browser, office) {
  const known = (login) => office.officers.find((it) => it.login === login);
  const [desks, profiles] = [{}, { nobody: {} }];
  for (const language of LANGUAGES) profiles.nobody[language] = await newContext(browser, office, { language });
  for (const login of ['ratih', 'admin', 'privasi', 'kepala', 'izin']) {
    profiles[login] = {};
    // A sign-in of its own for each language: two browsers with one would be taken for a thief and the robbed.
    for (const language of LANGUAGES) {
      const page = await openPage(browser, office, { language });
      await signIn(page, known(login));
      profiles[login][language] = page.context();
      desks[login] ??= page;
    }
  }
  const { ratih, admin, privasi } = desks;

  // A file with everything on it: the sample's fourth has a renewed document, and gets a note, a picture and a request.
  const person = await first(ratih, '/persons', /href="(\/persons\/[0-9a-f-]{36})\?/);
  await ratih.goto(`${person}/papers`);
  await ratih.check('input[value="portrait"]');
  await ratih.setInputFiles('input[type="file"]', { name: 'portrait.png', mimeType: 'image/png', buffer: await ratih.screenshot({ clip: { x: 0, y: 0, width: 90, height: 120 } }) });
  await Promise.all([ratih.waitForURL((url) => url.pathname === person), ratih.locator('main form button[type="submit"]').click()]);
  const asked = await first(privasi, '/requests', /href="(\/requests\/[0-9a-f-]{36})"/);
  const tombstone = await privasi.request.get('/requests').then(async (answer) => {
    const all = [...(await answer.text()).matchAll(/href="(\/requests\/[0-9a-f-]{36})"/g)].map(([, path]) => path);
    for (const path of all) {
      const file = /href="(\/persons\/[0-9a-f-]{36})"/.exec(await (await privasi.request.get(path)).text())?.[1];
      if (file && (await (await privasi.request.get(file)).text()).includes('Berkas yang dihapus')) return { request: path, file };
    }
    throw new Error('the sample office has no erased file');
  });
  const officer = await first(admin, '/officers', /<td[^>]*>[\s\S]*?href="(\/officers\/[0-9a-f-]{36})"/);
  // Somebody who is not on the tour lost the phone, and a second person has not agreed yet.
  const all = [...(await (await admin.request.get('/officers')).text()).matchAll(/href="(\/officers\/[0-9a-f-]{36})"/g)].map(([, path]) => path);
  const lost = all.at(-1);
  await admin.goto(lost);
  await admin.locator('button[value="phone"]').click();
  const recover = new URL(await admin.locator('main .notice a[href^="/requests/"]').getAttribute('href'), office.address).pathname;
  // Two are invited: the link of one stays in force, the other is given a new one.
  const invite = async (login) => {
    await admin.goto('/officers/new');
    await admin.fill('#name', `${login} (contoh)`);
    await admin.fill('#login', login);
    await admin.check('input[value="desk"]');
    await admin.locator('main form button[type="submit"]').click();
    const join = new URL((await admin.locator('#link').innerText()).trim()).pathname;
    return { join, page: await admin.locator('main > .actions a').getAttribute('href') };
  };
  const [{ join, page: invited }, { page: renewed }] = [await invite('sari'), await invite('tono')];

  const stop = (who, route, path = route) => ({ who, route, name: path, path: path.split('?')[0], go: (page) => open(page, path, known(who)) });
  /** A page that answers a form: it has no address of its own. */
  const answered = (who, route, path, fill) => ({
    who,
    route,
    name: `${path} answered`,
    go: async (page) => {
      await open(page, path, known(who));
      const send = await fill(page);
      const [answer] = await Promise.all([page.waitForResponse((it) => it.request().isNavigationRequest() && it.request().method() === 'POST'), send()]);
      await page.waitForLoadState();
      return answer;
    },
  });
  const fills = (fields, button = 'main form:not([data-passkey]) button.primary, main form button.danger') => async (page) => {
    for (const [field, value] of Object.entries(fields)) await page.fill(field, value);
    // What the browser would refuse to send is what the page is to say.
    await page.evaluate(() => document.querySelectorAll('main form').forEach((form) => form.setAttribute('novalidate', '')));
    return () => page.locator(button).last().press('Enter');
  };

  const TO_CODE = 'main form[action$="/password"] button';
  const stops = [
    stop('nobody', '/sign-in'),
    stop('nobody', '/style'),
    stop('nobody', '/join'),
    answered('nobody', '/join', '/join', fills({ '#code': 'ABCD-EFGH' })),
    stop('nobody', '/join/{code}', join),
    answered('nobody', '/join/{code}', join, fills({ '#password': 'pendek' }, TO_CODE)),
    answered('nobody', '/join/{code}', join, fills({ '#password': 'perahu kayu di tepi way besai' }, TO_CODE)),
    { ...stop('nobody', '/join/{code}', '/join/0000-0000-0000-0000-0000-0000-0000'), status: 409 },
    answered('nobody', '/sign-in', '/sign-in', fills({ '#login': 'nobody', '#password': 'not this one', '#code': '000000' })),

    stop('ratih', '/'),
    stop('ratih', '/style'),
    stop('ratih', '/persons'),
    stop('ratih', '/persons/new'),
    answered('ratih', '/persons/new', '/persons/new', fills({ '#born-year': '85', '#nationality': 'M1', '#number-1': "A12'34" })),
    answered('ratih', '/persons/search', '/persons', fills({ '#find': 'a' })),
    answered('ratih', '/persons/search', '/persons', fills({ '#find': 'XYZ12345' })),
    answered('ratih', '/persons/search', '/persons', fills({ '#find': 'UTO XYZ12345' })),
    stop('ratih', '/persons/{id}', person),
    stop('ratih', '/persons/{id}/correct', `${person}/correct`),
    stop('ratih', '/persons/{id}/documents', `${person}/documents`),
    stop('ratih', '/persons/{id}/papers', `${person}/papers`),
    stop('ratih', '/persons/{id}/erase', `${person}/erase`),
    answered('ratih', '/persons/{id}/erase', `${person}/erase`, async (page) => {
      await page.locator('summary.button.danger').click();
      return fills({})(page);
    }),
    stop('ratih', '/requests'),
    { ...stop('ratih', 'refused', '/office'), status: 403 },
    { ...stop('ratih', 'not found', '/no-such-page'), status: 404 },

    stop('izin', '/'),
    stop('izin', '/persons'),

    stop('privasi', '/'),
    stop('privasi', '/persons/{id}', tombstone.file),
    stop('privasi', '/persons/{id}/readers', `${person}/readers`),
    stop('privasi', '/requests'),
    stop('privasi', '/requests/{id}', asked),
    stop('privasi', '/requests/{id}', tombstone.request),
    stop('privasi', '/journal'),
    stop('privasi', '/journal/{number}', '/journal/40'),

    stop('kepala', '/'),
    stop('kepala', '/requests/{id}', recover),
    stop('kepala', '/office'),
    stop('kepala', '/journal', '/journal?kind=person.registered'),

    stop('admin', '/'),
    stop('admin', '/officers'),
    stop('admin', '/officers/new'),
    answered('admin', '/officers/new', '/officers/new', fills({ '#login': 'Ratih S', '#email': 'ratih@' })),
    stop('admin', '/officers/{id}', officer),
    stop('admin', '/officers/{id}', invited),
    stop('admin', '/officers/{id}', lost),
    stop('admin', '/requests/{id}', recover),
    stop('admin', '/officers/{id}/roles', `${officer}/roles`),
    answered('admin', '/officers/{id}/recover', renewed, fills({}, 'form[action$="/recover"] button')),
    stop('admin', '/requests'),
    stop('admin', '/fresh', '/fresh?what=officer.suspend&next=/officers'),
    stop('admin', '/account'),
    stop('admin', '/account/passkey'),
    stop('admin', '/account/password'),
    answered('admin', '/account/password', '/account/password', fills({ '#password': 'pendek' })),
    stop('admin', '/account/code'),
    stop('admin', '/office'),
    stop('admin', '/office/access'),
    stop('admin', '/office/retention'),
    stop('admin', '/office/keys'),
    stop('admin', '/office/jobs'),
  ];
  return { profiles, stops };
}
