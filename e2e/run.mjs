// Runs the stories, one file after another: each has the machine's two cores for its office and its browser.
//   node run.mjs [WORD]   only the files whose name contains the word
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const word = process.argv[2] ?? '';
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const files = [here('lib/'), here('stories/')]
  .flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith('.test.mjs')).map((name) => folder + name))
  .filter((path) => path.includes(word))
  .sort();

if (files.length === 0) {
  console.error(`no story's name contains '${word}'`);
  process.exit(1);
}

rmSync(here('out/'), { recursive: true, force: true });
mkdirSync(here('out/'), { recursive: true });

run({ files, concurrency: 1 })
  .on('test:fail', () => {
    process.exitCode = 1;
  })
  .compose(new spec())
  .pipe(process.stdout);
