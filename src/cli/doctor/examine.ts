import { SIGNALS, type Signal } from '../../explorer/recording/signal.ts';
import type { OtlpDestination, SignalDestination } from '../../sdk/config/resolve.ts';
import type { CliIo } from '../io.ts';
import { type Check, skipped } from './check.ts';
import type { Configuration } from './configuration.ts';
import { checkDoubles } from './doubles.ts';
import { checkExport } from './exports.ts';
import { checkRecordingFolder } from './folder.ts';
import { checkNetwork } from './network.ts';

const NOT_NEEDED = '`run` and `proxy` do not need it: without an endpoint they record into the folder below.';
const RECORDED_HERE = '`run` and `proxy` record here, unless an endpoint is set';

/** All checks, each as soon as it is known: the configuration, each receiver with what goes there, the folder. */
export async function* examine(
  { check, destinations, attributes, isDefault }: Configuration,
  timeoutMs: number,
  io: CliIo,
): AsyncGenerator<Check> {
  yield check;
  for (const signals of receiversOf(destinations)) {
    for await (const each of checkReceiver(signals, attributes, timeoutMs, io)) {
      yield isDefault && each.status === 'failed' ? { ...each, fix: withFix(each.fix, NOT_NEEDED) } : each;
    }
  }
  for (const signal of SIGNALS) {
    const { kind } = destinations[signal];
    if (kind === 'none') yield skipped(signal, 'turned off');
    else if (kind !== 'otlp-http')
      yield skipped(signal, `written to ${kind === 'file' ? 'files' : 'stderr'}, not sent`);
  }
  const folder = checkRecordingFolder(io);
  yield isDefault ? { ...folder, detail: `${folder.detail}; ${RECORDED_HERE}` } : folder;
  yield* checkDoubles(io);
}

function withFix(fix: string | undefined, more: string): string {
  return fix === undefined ? more : `${fix} ${more}`;
}

async function* checkReceiver(
  signals: readonly (readonly [Signal, OtlpDestination])[],
  attributes: Configuration['attributes'],
  timeoutMs: number,
  io: CliIo,
): AsyncGenerator<Check> {
  const [first] = signals;
  if (first === undefined) return;
  let isReached = true;
  for await (const check of checkNetwork(new URL(first[1].url), first[0], timeoutMs, io)) {
    yield check;
    isReached &&= check.status !== 'failed';
  }
  for (const [signal, destination] of signals) {
    yield isReached
      ? await checkExport(signal, destination, attributes, timeoutMs)
      : skipped(signal, 'not tried: see above');
  }
}

/** The signals by the place that they go to. */
function receiversOf(
  destinations: Readonly<Record<Signal, SignalDestination>>,
): (readonly [Signal, OtlpDestination])[][] {
  const byOrigin = new Map<string, (readonly [Signal, OtlpDestination])[]>();
  for (const signal of SIGNALS) {
    const destination = destinations[signal];
    if (destination.kind !== 'otlp-http') continue;
    const { origin } = new URL(destination.url);
    byOrigin.set(origin, [...(byOrigin.get(origin) ?? []), [signal, destination]]);
  }
  return [...byOrigin.values()];
}
