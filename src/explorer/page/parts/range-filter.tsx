import { useState } from 'react';
import { RANGES, type RangeName } from '../address.ts';
import { useObserved } from '../data/hooks.ts';
import { cut, fromInputTime, toInputTime } from '../format.ts';
import { usePage } from '../page-context.ts';
import { titleOf } from './text.tsx';

const LABELS: Readonly<Record<RangeName, string>> = {
  '15m': 'Last 15 minutes',
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
};

/** Time range and service: what all tabs share. */
export function RangeFilter() {
  const { view, navigate, recording } = usePage();
  const [isAsked, setAsked] = useState(false);
  const hasTimes = view.from !== undefined || view.to !== undefined;
  const isCustom = view.range === undefined && (hasTimes || isAsked);
  const choose = (choice: string) => {
    setAsked(choice === 'custom');
    if (choice === 'custom') return;
    const range = choice === 'all' ? undefined : (choice as RangeName);
    navigate({ range, from: undefined, to: undefined });
  };
  const usual = useObserved(recording).state?.range;
  return (
    <>
      <label class="field">
        <span class="visually-hidden">Time range</span>
        <select
          value={isCustom ? 'custom' : (view.range ?? 'all')}
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
            value={view.from}
            hint={usual?.from}
            onTime={(from) => navigate({ from, range: undefined })}
          />
          <TimeInput
            label="To"
            value={view.to}
            hint={usual?.to}
            onTime={(to) => navigate({ to, range: undefined })}
          />
        </span>
      )}
      <ServiceFilter />
    </>
  );
}

function TimeInput(props: {
  readonly label: string;
  readonly value: number | undefined;
  readonly hint: number | undefined;
  readonly onTime: (time: number | undefined) => void;
}) {
  return (
    <label class="field">
      <span class="visually-hidden">{props.label}</span>
      <input
        type="datetime-local"
        value={toInputTime(props.value)}
        title={
          props.hint === undefined
            ? props.label
            : `${props.label}; recorded: ${toInputTime(props.hint).replace('T', ' ')}`
        }
        onChange={(event) => props.onTime(fromInputTime(event.currentTarget.value))}
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
    <label class="field">
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
