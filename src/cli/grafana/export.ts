import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isFileError } from '../../explorer/recording/json-lines.ts';
import { CliError } from '../io.ts';
import { FORM_NAMES, type Form } from './forms.ts';
import type { ShippedDashboard } from './shipped.ts';

export interface Exported {
  readonly outcome: 'written' | 'unchanged';
  readonly path: string;
}

/**
 * Writes the dashboards into a folder. Where a file differs, nothing is written at all.
 *
 * @throws {@link CliError} where files differ and `force` is not set, or the folder cannot be written
 */
export function exportDashboards(
  dashboards: readonly ShippedDashboard[],
  dir: string,
  force: boolean,
): Exported[] {
  try {
    const planned = dashboards.map(({ file, text }) => {
      const path = join(dir, file);
      return { path, text, there: contentOf(path) };
    });
    const differing = planned.filter(({ text, there }) => there !== undefined && there !== text);
    if (differing.length > 0 && !force)
      throw differ(
        differing.map(({ path }) => path),
        dashboards[0]?.form,
      );
    mkdirSync(dir, { recursive: true });
    return planned.map(({ path, text, there }) => {
      if (there === text) return { outcome: 'unchanged', path };
      writeFileSync(path, text);
      return { outcome: 'written', path };
    });
  } catch (error) {
    if (!isFileError(error)) throw error;
    throw new CliError(`cannot write to ${dir}: ${(error as Error).message}`, 1);
  }
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw error;
  }
}

function differ(paths: readonly string[], form: Form | undefined): CliError {
  const ours = form === undefined ? 'the dashboards' : `the dashboards for ${FORM_NAMES[form]}`;
  const lines = paths.map((path) => `    ${path}`);
  return new CliError(
    [
      `these files differ from ${ours} that came with the package:`,
      ...lines,
      'To overwrite them: --force. To keep them: another folder',
    ].join('\n'),
    1,
  );
}
