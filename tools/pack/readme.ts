/**
 * What npm runs before and after it packs: tsx tools/pack/readme.ts absolute | restore
 *
 * Makes the README's links absolute where package.json names a repository, and puts the README back. Does nothing where it
 * names none.
 */
import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { repositoryUrl, withAbsoluteLinks } from './absolute-links.ts';

const README = 'README.md';
const KEPT = '.README.md.as-it-is';

const [command] = process.argv.slice(2);
if (command === 'absolute') makeAbsolute();
else if (command === 'restore') restore();
else throw new TypeError(`one of absolute, restore is needed, not "${command}"`);

function makeAbsolute(): void {
  // Of a run that was stopped between the two.
  restore();
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
  const base = repositoryUrl(manifest);
  if (base === undefined) return;
  copyFileSync(README, KEPT);
  writeFileSync(README, withAbsoluteLinks(readFileSync(README, 'utf8'), base, manifest.version));
}

function restore(): void {
  if (existsSync(KEPT)) renameSync(KEPT, README);
}
