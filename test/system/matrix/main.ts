import path from 'node:path';
import { parseArgs } from 'node:util';
import { cachedInstall, installedVersion, pruneInstalls } from '../../../tools/support/cached-install.ts';
import { runMain } from '../../../tools/support/children.ts';
import { nodeBinary, nodeVersion } from '../../../tools/support/node-runtime.ts';
import { type OtlpSink, startOtlpSink } from '../../../tools/support/otlp-sink.ts';
import { packProject, type Tarball } from '../../../tools/support/tarball.ts';
import { buildApplication, buildPreloaded, runApplication } from './application.ts';
import { runInOneFile } from './bundles.ts';
import { allCells, type Cell, instrumentedCells, registeredCells, shortCells } from './cells.ts';
import {
  checkCommand,
  checkContents,
  checkFootprint,
  checkManifest,
  checkPage,
  checkTypes,
  type Finding,
  USE_OF_INSTRUMENTATION,
} from './fresh-install.ts';
import { checkLazyLoading } from './lazy-loading.ts';
import { checkPackageManagers } from './package-managers.ts';
import { checkQuickStart } from './quick-start.ts';
import { Report } from './report.ts';

const { values: options } = parseArgs({
  options: { short: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});

async function main(): Promise<void> {
  await pruneInstalls();
  const report = new Report(options.json);
  const tarball = await packProject();
  const cells = options.short ? shortCells() : allCells();
  await checkFreshInstall(tarball, cells, report);
  const sink = await startOtlpSink();
  for (const cell of cells) await checkCell(cell, tarball, sink, report);
  for (const cell of registeredCells(cells)) await checkCell(cell, tarball, sink, report);
  const instrumented = instrumentedCells(options.short);
  for (const cell of instrumented) await checkCell(cell, tarball, sink, report);
  if (!options.short) await checkInstrumentationTypes(instrumented, tarball, report);
  await runInOneFile(tarball, sink, report, options.short);
  await sink.close();
  await tarball.remove();
  process.exit(report.finish());
}

/** The package alone: how large it is, what its types say, what its import loads. */
async function checkFreshInstall(tarball: Tarball, cells: Cell[], report: Report): Promise<void> {
  const alone = await cachedInstall({ 'mcp-sessionscope': `file:${tarball.file}` });
  const findings: Finding[] = [
    checkContents(tarball),
    await checkManifest(alone),
    await checkFootprint(alone),
    await checkCommand(alone),
    await checkPage(alone),
    ...(await checkTypes(alone)),
    ...(await checkPackageManagers(tarball)),
    await checkQuickStart(tarball),
  ];
  for (const node of new Set(cells.map((cell) => cell.node))) {
    for (const format of ['esm', 'cjs'] as const) {
      const finding = await checkLazyLoading(alone, await nodeBinary(node), format);
      findings.push({ ...finding, name: `${finding.name}, Node ${node}` });
    }
  }
  for (const { name, found, problems } of findings) report.add([name, found], problems);
}

/** The types of the instrumentation fit those of each OpenTelemetry. */
async function checkInstrumentationTypes(cells: Cell[], tarball: Tarball, report: Report): Promise<void> {
  for (const cell of new Map(cells.map((each) => [each.otel, each])).values()) {
    const installed = await install(cell, tarball);
    const version = await installedVersion(installed, '@opentelemetry/instrumentation');
    for (const { name, problems } of await checkTypes(installed, USE_OF_INSTRUMENTATION))
      report.add([name, `@opentelemetry/instrumentation ${version}`], problems);
  }
}

function install({ sdk, otel }: Cell, tarball: Tarball): Promise<string> {
  const dependencies = { ...sdk.dependencies, ...otel.dependencies };
  return cachedInstall({ ...dependencies, 'mcp-sessionscope': `file:${tarball.file}` });
}

async function checkCell(cell: Cell, tarball: Tarball, sink: OtlpSink, report: Report): Promise<void> {
  const { sdk, otel, format, node } = cell;
  const installed = await install(cell, tarball);
  const apps = path.join(installed, 'apps');
  const file = await buildApplication({ ...cell, bundled: 'nothing' }, installed, apps);
  const isPreloaded = otel.how === 'NodeSDK' || otel.how === 'auto';
  const preloaded = isPreloaded ? { preloaded: await buildPreloaded(cell, installed, apps) } : {};
  const problems = await runApplication(await nodeBinary(node), file, sink, { ...cell, ...preloaded });
  const sdkVersion = await installedVersion(installed, sdk.shows);
  const line =
    otel.shows === undefined
      ? cell.registered
        ? 'register'
        : 'no OTel'
      : `OTel ${await installedVersion(installed, otel.shows)} ${otel.how}`;
  report.add(
    [`MCP SDK ${sdkVersion}`, `${format}, Node ${await nodeVersion(node)}, ${line}`],
    problems,
    sink,
  );
}

runMain(main);
