import { spawn } from 'node:child_process';

/** What tells whether somebody sits in front of the machine. */
interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether stdout is a terminal. */
  readonly isTTY: boolean;
}

/** Whether somebody sits in front of the machine who may want to see a page. */
export function mayOpenBrowser({ env, isTTY }: Surroundings, platform = process.platform): boolean {
  if (!isTTY || isSet(env['CI'])) return false;
  if (platform === 'darwin' || platform === 'win32') return true;
  // Without a display, xdg-open would start a browser inside of the terminal.
  return isSet(env['DISPLAY']) || isSet(env['WAYLAND_DISPLAY']);
}

/** Asks the system to show the URL, and waits for nothing: where it cannot, the URL has been printed. */
export function openInBrowser(url: string, platform = process.platform, env = process.env): void {
  const [command, ...args] = openerOf(url, platform);
  try {
    const child = spawn(command, args, {
      stdio: 'ignore',
      detached: true,
      windowsVerbatimArguments: true,
      env,
    });
    child.on('error', () => {});
    child.unref();
  } catch {
    // As above.
  }
}

function openerOf(url: string, platform: NodeJS.Platform): [command: string, ...args: string[]] {
  if (platform === 'darwin') return ['open', url];
  // `start` is the shell's own; its first quoted argument is a title.
  return platform === 'win32' ? ['cmd', '/c', 'start', '""', url.replaceAll('&', '^&')] : ['xdg-open', url];
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
