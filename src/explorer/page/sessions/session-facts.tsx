import type { ComponentChildren } from 'preact';
import type { ApiRow } from '../../server/api.ts';
import { lookUp } from '../../text/look-up.ts';
import { formatCost, formatFull } from '../format.ts';
import { ViewLink } from '../parts/link.tsx';
import { reasonText } from '../parts/status.tsx';
import { Text } from '../parts/text.tsx';

const SOURCES: Readonly<Record<string, string>> = {
  protocol: 'the protocol’s own session ID',
  connection: 'one connection, which has no ID on the wire',
  application: 'a key that the application gave',
  inferred: 'a guess: no session ID came with the requests, so those of one caller were joined',
};

/** What is known of a session besides its row. */
export function SessionFacts({ row }: { readonly row: ApiRow }) {
  return (
    <dl class="facts">
      {row.clientName !== undefined && (
        <Fact name="Client">
          <ViewLink to={{ client: row.clientName }} title="Only sessions of this client">
            <Text value={row.clientName} />
          </ViewLink>
          {row.clientVersion !== undefined && <Text class="version" value={row.clientVersion} />}
        </Fact>
      )}
      {row.service !== undefined && (
        <Fact name="Server">
          <Text value={row.service} />
        </Fact>
      )}
      {row.source !== undefined && (
        <Fact name="Source">
          <span
            class={row.source === 'inferred' ? 'inferred-source' : ''}
            title={lookUp(SOURCES, row.source)}
          >
            {row.source === 'inferred' && <span class="inferred">~</span>}
            <Text value={row.source} title={lookUp(SOURCES, row.source) ?? row.source} />
          </span>
        </Fact>
      )}
      {row.protocolVersion !== undefined && (
        <Fact name="Protocol">
          <Text value={row.protocolVersion} />
        </Fact>
      )}
      {row.transport !== undefined && (
        <Fact name="Transport">
          <Text value={row.transport} />
        </Fact>
      )}
      <Fact name="Last seen">{formatFull(row.lastSeenMs)}</Fact>
      {row.requestSize !== undefined && <Fact name="Requests">{formatCost(row.requestSize)}</Fact>}
      {row.responseSize !== undefined && <Fact name="Responses">{formatCost(row.responseSize)}</Fact>}
      {row.endReason !== undefined && (
        <Fact name="End">
          <Text value={reasonText(row.endReason)} />
        </Fact>
      )}
    </dl>
  );
}

function Fact(props: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
