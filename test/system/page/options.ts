import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm run test:page -- [options]

Opens the Sessions page of the built package in a real Chromium and checks what it shows against what real clients did,
and against recordings whose content is known. Chromium is found by CHROMIUM_PATH, else as chromium, chromium-browser or
google-chrome.

  --only <text>         only checks whose name holds this text
  --list                names the checks
  --workers <n>         checks at the same time (default: 2)
  --headed              with a window
  --screenshots <dir>   writes pictures of the views, in both themes and three widths, into this folder
  --help                this text
`;

export interface Options {
  only: string;
  list: boolean;
  workers: number;
  headed: boolean;
  screenshots?: string;
}

/** @returns nothing where help was asked for. */
export function readOptions(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: '' },
      list: { type: 'boolean', default: false },
      workers: { type: 'string', default: '2' },
      headed: { type: 'boolean', default: false },
      screenshots: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return undefined;
  const workers = Number(values.workers);
  if (!Number.isInteger(workers) || workers < 1 || workers > 8) {
    throw new TypeError('--workers takes a whole number from 1 to 8');
  }
  const { only, list, headed, screenshots } = values;
  return { only, list, workers, headed, ...(screenshots !== undefined && { screenshots }) };
}
