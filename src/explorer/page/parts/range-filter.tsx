import { useState } from 'react';
import { ANY_RANGE, hasRange, RANGES, type RangeName, type View } from '../address.ts';
import { useObserved } from '../data/hooks.ts';
import { cut, formatFull, fromInputTime, toInputTime } from '../format.ts';
import { usePage } from '../page-context.ts';
import { titleOf } from './text.tsx';

const LABELS: Readonly<Record<RangeName, string>> = {
  '15m': 'Last 15 minutes',
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
};
/** The inputs tell seconds: `to` is the end of one. */
const SECOND = 1_000;

/** Time range and service: what all tabs share. */
export function RangeFilter() {
  const { view, navigate, recording } = usePage();
  const { from, to } = useShown();
  const [isAsked, setAsked] = useState(false);
  const hasTimes = view.from !== undefined || view.to !== undefined;
  const isCustom = view.range === undefined && (hasTimes || isAsked);
  const choose = (choice: string) => {
    setAsked(choice === 'custom');
    if (choice !== 'custom') {
      const range = choice === 'all' ? undefined : (choice as RangeName);
      navigate({ range, from: undefined, to: undefined });
    } else if (view.range !== undefined) {
      // What is shown stays, and goes on with what comes.
      navigate({ range: undefined, from: recording.now() - RANGES[view.range], to: undefined });
    }
  };
  return (
    <>
      <label class="field">
        <span class="visually-hidden">Time range</span>
        <select
          value={isCustom ? 'custom' : (view.range ?? 'all')}
          title={
            from === undefined || to === undefined ? undefined : `${formatFull(from)} to ${formatFull(to)}`
          }
          onChange={(event) => choose(event.currentTarget.value)}
        >
          <option value="all">All time</option>
          {(Object.keys(RANGES) as RangeName[]).map((name) => (
            <option key={name} value={name}>
              {LABELS[name]}
            </option>
          ))}
          <option value="custom">From … to …</option>
        </select>
      </label>
      {isCustom && (
        <span class="times">
          <TimeInput
            label="From"
            value={from}
            onTime={(time) => navigate({ from: time, range: undefined })}
          />
          <span class="faint" aria-hidden="true">
            –
          </span>
          <TimeInput
            label="To"
            value={to}
            onTime={(time) =>
              navigate({ to: time === undefined ? undefined : time + SECOND - 1, range: undefined })
            }
          />
        </span>
      )}
      <ServiceFilter />
    </>
  );
}

/** What is shown: what was asked for and, where nothing was, what is recorded. */
function useShown(): { readonly from: number | undefined; readonly to: number | undefined } {
  const { view, recording } = usePage();
  const recorded = useObserved(recording).state?.range;
  if (view.range === undefined) return { from: view.from ?? recorded?.from, to: view.to ?? recorded?.to };
  const now = recording.now();
  return { from: now - RANGES[view.range], to: now };
}

/** Takes time range and server away, where they restrict what a tab shows. */
export function ClearRange() {
  const { view } = usePage();
  return hasRange(view) ? <ClearButton to={ANY_RANGE} /> : null;
}

/** @param props.to - what the view is without what restricts it */
export function ClearButton({ to }: { readonly to: Partial<View> }) {
  const { navigate } = usePage();
  return (
    <button type="button" class="plain" onClick={() => navigate(to)}>
      Clear
    </button>
  );
}

function TimeInput(props: {
  readonly label: string;
  readonly value: number | undefined;
  readonly onTime: (time: number | undefined) => void;
}) {
  // What is typed stays as it is, whatever is recorded meanwhile.
  const [held, hold] = useState<string | undefined>(undefined);
  const value = toInputTime(props.value);
  return (
    <label class="field">
      <span class="visually-hidden">{props.label}</span>
      <input
        type="datetime-local"
        step={1}
        value={held ?? value}
        title={props.label}
        onFocus={() => hold(value)}
        onBlur={() => hold(undefined)}
        onChange={(event) => {
          hold(event.currentTarget.value);
          props.onTime(fromInputTime(event.currentTarget.value));
        }}
      />
    </label>
  );
}

function ServiceFilter() {
  const { view, navigate, recording } = usePage();
  const services = useObserved(recording).state?.services ?? [];
  const shown =
    view.service === undefined || services.includes(view.service) ? services : [view.service, ...services];
  if (shown.length < 2 && view.service === undefined) return null;
  return (
    <label class="field server">
      <span class="visually-hidden">Server</span>
      <select
        value={view.service ?? ''}
        onChange={(event) => navigate({ service: event.currentTarget.value || undefined })}
      >
        <option value="">All servers</option>
        {shown.map((name) => (
          <option key={name} value={name}>
            {titleOf(cut(name, 80))}
          </option>
        ))}
      </select>
    </label>
  );
}
