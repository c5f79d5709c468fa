import type { ComponentChildren } from 'preact';
import type { ApiRow } from '../../server/api.ts';
import { caveatsOf } from '../../sessions/caveats.ts';
import { INFERRED_MARK, SOURCES } from '../../sessions/sources.ts';
import { lookUp } from '../../text/look-up.ts';
import { listNames } from '../../text/names.ts';
import { transportText } from '../../text/transport.ts';
import { formatCost, formatFull, plural } from '../format.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { ViewLink } from '../parts/link.tsx';
import { reasonText } from '../parts/status.tsx';
import { Text } from '../parts/text.tsx';
import { ToolChip } from './tool-chips.tsx';
import { Waiting } from './waiting.tsx';

/** Of all that are known; the others are in the title. */
const SHOWN_IDS = 5;
const SHOWN_TOOLS = 30;

/** What is known of a session besides its row. */
export function SessionFacts({ row }: { readonly row: ApiRow }) {
  const transport = transportText(row);
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
      {row.seenByClient !== undefined && (
        <Fact name="Client side">
          <Text value={row.seenByClient} title="An instrumented client recorded the session" />
        </Fact>
      )}
      {row.openRequests.length > 0 && (
        <Fact name="Waiting">
          <Waiting row={row} />
        </Fact>
      )}
      {row.tools.length > 0 && (
        <Fact name="Tools">
          <span class="tags wrapping">
            {row.tools.slice(0, SHOWN_TOOLS).map((tool) => (
              <ToolChip key={tool} tool={tool} />
            ))}
            {(row.tools.length > SHOWN_TOOLS || row.hasMoreTools) && <span class="more">and more</span>}
          </span>
        </Fact>
      )}
      {row.source !== undefined && <Source source={row.source} />}
      {row.conversationId !== undefined && (
        <Fact name="Conversation">
          <Id name="conversation" id={row.conversationId} />
          <span class="faint">: {namedText(row)}</span>
        </Fact>
      )}
      {row.key !== undefined && (
        <Fact name="Key of its parts">
          <Text class="mono" value={row.key} title={`mcp.client.session.key: ${row.key}`} />
        </Fact>
      )}
      <Ids name="Protocol IDs" ids={row.protocolSessionIds} hasMore={row.hasMoreProtocolSessionIds} />
      <Ids name="Other IDs" ids={row.otherIds} hasMore={row.parts > row.otherIds.length + 1} />
      {(row.processes > 1 || row.conversationId !== undefined) && (
        <Fact name="Processes">{row.processes}</Fact>
      )}
      {row.protocolVersion !== undefined && (
        <Fact name="Protocol">
          <Text value={row.protocolVersion} />
        </Fact>
      )}
      {transport !== undefined && (
        <Fact name="Transport">
          <Text value={transport} title={row.transport ?? transport} />
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
      {caveatsOf(row).map((caveat) => (
        <Fact key={caveat} name="Not certain">
          {caveat}
        </Fact>
      ))}
    </dl>
  );
}

function Source({ source }: { readonly source: string }) {
  const words = lookUp(SOURCES, source);
  const isGuess = source === 'inferred';
  return (
    <Fact name="Source">
      <span class={isGuess ? 'inferred-source' : ''}>
        {isGuess && <span class="inferred">{INFERRED_MARK}</span>}
        <Text value={source} title={words ?? source} />
        {words !== undefined && !isGuess && <span class="faint">: {words}</span>}
      </span>
    </Fact>
  );
}

/** Who has named the conversation, and where. */
function namedText({ protocolSessionIds, hasMoreProtocolSessionIds: hasMore, source }: ApiRow): string {
  const sessions = plural(protocolSessionIds.length, 'protocol session');
  const where =
    protocolSessionIds.length === 0 ? '' : `, in requests of ${hasMore ? 'over ' : ''}${sessions}`;
  const effect =
    source === 'conversation' ? 'which makes them one session' : 'the session goes by another id';
  return `named by the client${where}; ${effect}`;
}

interface IdsProps {
  readonly name: string;
  readonly ids: readonly string[];
  readonly hasMore: boolean;
}

function Ids({ name, ids, hasMore }: IdsProps) {
  if (ids.length === 0) return null;
  return (
    <Fact name={`${name} (${ids.length}${hasMore ? ' and more' : ''})`}>
      <span class="id-list" title={listNames(ids)}>
        {ids.slice(0, SHOWN_IDS).map((id) => (
          <Id key={id} name={name} id={id} />
        ))}
        {ids.length > SHOWN_IDS && '…'}
      </span>
    </Fact>
  );
}

function Id({ name, id }: { readonly name: string; readonly id: string }) {
  return (
    <span class="id">
      <Text class="mono" value={id} />
      <CopyButton text={id} label={`Copy the ID (${name})`} />
    </span>
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
