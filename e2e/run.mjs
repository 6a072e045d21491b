// Runs the stories, two files at a time: one draws pages while another waits for the next code of a phone.
//   node run.mjs [--pictures] [WORD]   only the files whose name contains the word; with pictures of the pages in out/
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const words = process.argv.slice(2).filter((word) => word !== '--pictures');
if (words.length < process.argv.length - 2) process.env.SIGER_TEST_PICTURES = '1';
const word = words[0] ?? '';
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const files = [here('lib/'), here('stories/')]
  .flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith('.test.mjs')).map((name) => folder + name))
  .filter((path) => path.slice(here('./').length).includes(word))
  .sort();

if (files.length === 0) {
  console.error(`no story's name contains '${word}'`);
  process.exit(1);
}

rmSync(here('out/'), { recursive: true, force: true });
mkdirSync(here('out/'), { recursive: true });

run({ files, concurrency: 2 })
  .on('test:fail', () => {
    process.exitCode = 1;
  })
  .compose(new spec())
  .pipe(process.stdout);
