import type { ApiSpan, ApiSpanRef } from '../../server/api.ts';
import { client } from '../data/api-client.ts';
import { useAnswer } from '../data/use-answer.ts';
import { usePage } from '../page-context.ts';
import { IdList } from '../parts/id-list.tsx';
import { Text } from '../parts/text.tsx';
import { LongText } from '../sessions/long-text.tsx';
import { Payload } from '../sessions/payload.tsx';
import { Exceptions, SPAN_EVERY_MS } from '../sessions/stacks.tsx';

/** What was recorded of a span of a trace. */
export function SpanDetail({ traceId, spanId }: ApiSpanRef) {
  const { recording } = usePage();
  const ask = () => client.span({ traceId, spanId });
  const { value, failure } = useAnswer(recording, `${traceId} ${spanId}`, ask, SPAN_EVERY_MS);
  return (
    <section class="span-detail" aria-label="Span">
      {failure !== undefined && (
        <p class="failed" role="alert">
          {failure}
        </p>
      )}
      {value !== undefined && <Told span={value} spanId={spanId} />}
    </section>
  );
}

function Told({ span, spanId }: { readonly span: ApiSpan; readonly spanId: string }) {
  const { name, service, kind, error, parentSpanId, attributes, exceptions } = span;
  return (
    <>
      <p>
        <Text class="strong" value={name} /> <span class="faint">{kind}</span>{' '}
        {service !== undefined && <Text class="faint" value={service} />}
      </p>
      {error !== undefined && <LongText class="e-error" text={error} />}
      <IdList
        ids={[
          ['Span', spanId],
          ['Parent', parentSpanId],
        ]}
      />
      <Exceptions exceptions={exceptions} />
      <Payload label="Attributes" text={attributes} />
    </>
  );
}
