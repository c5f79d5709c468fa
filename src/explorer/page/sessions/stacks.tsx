import { useState } from 'react';
import type { ApiSpan, ApiSpanRef } from '../../server/api.ts';
import { client } from '../data/api-client.ts';
import { useAnswer } from '../data/use-answer.ts';
import { plural } from '../format.ts';
import { usePage } from '../page-context.ts';
import { Text } from '../parts/text.tsx';
import { PayloadText } from './payload.tsx';

/** What is recorded of a span hardly ever changes. */
export const SPAN_EVERY_MS = 30_000;

export interface StacksProps {
  readonly span: ApiSpanRef;
  readonly count: number;
}

/** The exceptions of a span, read when they are asked for. */
export function Stacks({ span, count }: StacksProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="payload" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{count === 1 ? 'Stack' : plural(count, 'stack')}</summary>
      {isOpen && <Loaded span={span} />}
    </details>
  );
}

function Loaded({ span }: { readonly span: ApiSpanRef }) {
  const { recording } = usePage();
  const key = `${span.traceId} ${span.spanId}`;
  const { value, failure } = useAnswer(recording, key, () => client.span(span), SPAN_EVERY_MS);
  if (failure !== undefined)
    return (
      <p class="failed" role="alert">
        {failure}
      </p>
    );
  return <Exceptions exceptions={value?.exceptions ?? []} />;
}

export function Exceptions({ exceptions }: { readonly exceptions: ApiSpan['exceptions'] }) {
  return (
    <>
      {exceptions.map(({ type, message, stack }, i) => (
        // By place: the same may have been thrown twice.
        <div key={i} class="exception">
          {stack === undefined ? (
            <Text value={[type, message].filter((part) => part !== undefined).join(': ')} />
          ) : (
            <PayloadText label="Stack" text={stack} />
          )}
        </div>
      ))}
    </>
  );
}
