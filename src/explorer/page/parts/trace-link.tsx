import { type LinkedSpan, traceUrlOf } from '../../text/trace-url.ts';
import { useObserved } from '../data/hooks.ts';
import { settings } from '../data/settings.ts';
import { usePage } from '../page-context.ts';
import { Icon } from './icons.tsx';

export interface TraceLinkProps {
  readonly span: Omit<LinkedSpan, 'service'> & { readonly service?: string | undefined };
}

/** Leads to the trace in Jaeger, Tempo or Grafana, where somebody has said where that is. */
export function TraceLink({ span }: TraceLinkProps) {
  const { recording } = usePage();
  useObserved(settings);
  useObserved(recording);
  const template = settings.traceUrl ?? recording.state?.traceUrl;
  if (template === undefined) return null;
  const address = traceUrlOf(template, { ...span, service: span.service ?? '' });
  return (
    <a class="button" href={address} target="_blank" rel="noreferrer" title={address}>
      <Icon name="link" />
      <span>Open the trace in {new URL(address).host}</span>
    </a>
  );
}
