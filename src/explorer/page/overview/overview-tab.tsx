import type { ApiOverview } from '../../server/api.ts';
import { rangeOf } from '../address.ts';
import { client } from '../data/api-client.ts';
import { rangeKey } from '../data/range-key.ts';
import { absentText, useAnswer } from '../data/use-answer.ts';
import { formatCount, formatDuration, formatFull, formatRate } from '../format.ts';
import { usePage } from '../page-context.ts';
import { FailureNotice } from '../parts/failure-notice.tsx';
import { ClearRange, RangeFilter } from '../parts/range-filter.tsx';
import { ClientTable } from './client-table.tsx';
import { Plot } from './plot.tsx';
import { SlowDiscovery } from './slow-discovery.tsx';

/** How the servers are doing, from what is recorded. */
export function OverviewTab() {
  const { view, recording } = usePage();
  const ask = () => client.overview(rangeOf(view, recording.now()));
  const { value, failure, isLoading } = useAnswer(recording, rangeKey(view), ask, 5_000);
  return (
    <>
      <search class="filters" aria-label="Filter the overview">
        <RangeFilter />
        <ClearRange />
      </search>
      <div class="summary">
        <p aria-live="polite">
          {value === undefined
            ? absentText({ failure })
            : `${formatFull(value.from)} to ${formatFull(value.to)}`}
        </p>
      </div>
      <FailureNotice failure={failure} />
      {value !== undefined && (
        <div class={isLoading ? 'refreshing overview' : 'overview'}>
          <Totals totals={value.totals} />
          <Plots overview={value} />
          <ClientTable clients={value.clients} />
        </div>
      )}
    </>
  );
}

const CALLS = 'Requests of clients, initialize and tools/list included';
const LATENCY = 'From a request to its answer, of all calls in the range';

function Totals({ totals }: { readonly totals: ApiOverview['totals'] }) {
  const rate = formatRate(totals.errors, totals.calls);
  return (
    <dl class="totals">
      <Total name="Sessions" title="Open at some time in the range" value={formatCount(totals.sessions)} />
      <Total
        name="Active now"
        title="Of these sessions, those that go on"
        value={formatCount(totals.active)}
        kind={totals.active > 0 ? 'good' : undefined}
      />
      <Total name="Calls" title={CALLS} value={formatCount(totals.calls)} />
      <Total
        name="Error rate"
        title="Failed calls of all calls"
        value={rate === '' ? '–' : rate}
        hint={`${formatCount(totals.errors)} failed`}
        kind={totals.errors > 0 ? 'bad' : undefined}
      />
      <Total name="p50 of calls" title={LATENCY} value={latency(totals.p50Ms)} />
      <Total name="p95 of calls" title={LATENCY} value={latency(totals.p95Ms)} />
      <Total name="p99 of calls" title={LATENCY} value={latency(totals.p99Ms)} />
    </dl>
  );
}

function Total(props: {
  readonly name: string;
  readonly value: string;
  /** What it is, on hover. */
  readonly title: string;
  readonly hint?: string;
  readonly kind?: 'good' | 'bad' | undefined;
}) {
  return (
    <div class={`total card${props.kind === undefined ? '' : ` total-${props.kind}`}`} title={props.title}>
      <dt>
        {props.name}
        {props.hint !== undefined && <span>{props.hint}</span>}
      </dt>
      <dd>{props.value}</dd>
    </div>
  );
}

function Plots({ overview }: { readonly overview: ApiOverview }) {
  const { navigate } = usePage();
  const { times, stepMs } = overview;
  const common = {
    times,
    stepMs,
    onRange: (from: number, to: number) => navigate({ range: undefined, from, to }),
  };
  const rates = overview.errors.map((errors, i) => rateOf(errors, overview.calls[i] ?? 0));
  const duration = (value: number) => formatDuration(value);
  const per = `per ${formatDuration(stepMs).replace('.0 s', ' s')}`;
  return (
    <div class="plots">
      <Plot
        {...common}
        title="Sessions started"
        about={per}
        isCount
        format={formatCount}
        series={[{ label: 'Sessions', values: overview.sessionsStarted, color: 'series-1', isBar: true }]}
      />
      <Plot
        {...common}
        title="Calls"
        about={`${per}: ${CALLS.toLowerCase()}`}
        isCount
        format={formatCount}
        series={[
          { label: 'Calls', values: overview.calls, color: 'series-1', isBar: true },
          { label: 'Errors', values: overview.errors, color: 'bad', isBar: true },
        ]}
      />
      <Plot
        {...common}
        title="Error rate"
        about={`failed calls of all calls, ${per}`}
        format={(value) => formatRate(value, 1)}
        series={[{ label: 'Failed calls', values: rates, color: 'bad' }]}
      />
      <Plot
        {...common}
        title="Latency of calls"
        about={`from a request to its answer, ${per}`}
        format={duration}
        series={[
          { label: 'p50', values: overview.p50Ms, color: 'series-1' },
          { label: 'p95', values: overview.p95Ms, color: 'series-2' },
          { label: 'p99', values: overview.p99Ms, color: 'series-3' },
        ]}
      />
      <Plot
        {...common}
        title="Latency of tools/list"
        about={`the wait for the list of tools, ${per}`}
        format={duration}
        series={[
          { label: 'p50', values: overview.listP50Ms, color: 'series-1' },
          { label: 'p95', values: overview.listP95Ms, color: 'series-2' },
        ]}
      />
      <SlowDiscovery answers={overview.slowDiscovery} />
    </div>
  );
}

function latency(millis: number | undefined): string {
  return millis === undefined ? '–' : formatDuration(millis);
}

function rateOf(errors: number, calls: number): number | null {
  return calls === 0 ? null : errors / calls;
}
