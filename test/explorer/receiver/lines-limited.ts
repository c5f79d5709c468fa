import { openStorage } from '../../../src/explorer/receiver/storage.ts';

/** Appends lines of the given lengths to a folder, and prints for each what came of it. */
const [dir = '', ...lengths] = process.argv.slice(2);
const storage = openStorage(dir);
for (const length of lengths.map(Number)) {
  try {
    storage.append('traces', Buffer.from(`${JSON.stringify({ x: 'x'.repeat(length) })}\n`));
    process.stdout.write('written\n');
  } catch (error) {
    process.stdout.write(`${(error as NodeJS.ErrnoException).code}\n`);
  }
}
