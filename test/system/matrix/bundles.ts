import { mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cachedInstall, installedVersion } from '../../../tools/support/cached-install.ts';
import type { OtlpSink } from '../../../tools/support/otlp-sink.ts';
import { removeFolder } from '../../../tools/support/remove-folder.ts';
import type { Tarball } from '../../../tools/support/tarball.ts';
import { type Bundled, buildApplication, runApplication } from './application.ts';
import { type Format, type McpSdk, NO_OTEL, SDK_1_NEWEST, SDK_2_NEWEST } from './cells.ts';
import type { Report } from './report.ts';

/**
 * Bundles the application with esbuild into one file and runs it in a folder of its own: with the telemetry packages
 * beside it, as the documents advise, and with nothing beside it at all.
 */
export async function runInOneFile(
  tarball: Tarball,
  sink: OtlpSink,
  report: Report,
  short: boolean,
): Promise<void> {
  const sdks = short ? [SDK_1_NEWEST] : [SDK_1_NEWEST, SDK_2_NEWEST];
  for (const sdk of sdks) {
    for (const bundled of ['all but telemetry', 'everything'] as const) {
      for (const format of ['esm', 'cjs'] as const) {
        await runBundle({ sdk, bundled, format }, tarball, sink, report);
      }
    }
  }
}

async function runBundle(
  { sdk, bundled, format }: { sdk: McpSdk; bundled: Bundled; format: Format },
  tarball: Tarball,
  sink: OtlpSink,
  report: Report,
): Promise<void> {
  const ours = { 'mcp-sessionscope': `file:${tarball.file}` };
  const installed = await cachedInstall({ ...sdk.dependencies, ...ours });
  const folder = await mkdtemp(path.join(tmpdir(), 'mcp-sessionscope-bundle-'));
  try {
    const file = await buildApplication({ sdk, otel: NO_OTEL, format, bundled }, installed, folder);
    if (bundled !== 'everything') {
      const alone = await cachedInstall(ours);
      await symlink(path.join(alone, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
    }
    const problems = await runApplication(process.execPath, file, sink, { sdk, otel: NO_OTEL });
    const version = await installedVersion(installed, sdk.shows);
    report.add([`MCP SDK ${version}`, `one ${format} file with ${bundled}`], problems, sink);
  } finally {
    await removeFolder(folder);
  }
}
