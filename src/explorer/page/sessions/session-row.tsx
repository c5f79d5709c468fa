import { useState } from 'react';
import type { ApiRow } from '../../server/api.ts';
import { caveatsOf } from '../../sessions/caveats.ts';
import { INFERRED_MARK, lastsToNow } from '../../sessions/sources.ts';
import { listNames } from '../../text/names.ts';
import { useNow } from '../data/hooks.ts';
import {
  formatAgo,
  formatCount,
  formatDuration,
  formatFull,
  formatMoment,
  formatRate,
  formatTicking,
} from '../format.ts';
import { usePage } from '../page-context.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Icon } from '../parts/icons.tsx';
import { Marked } from '../parts/marked.tsx';
import { Status } from '../parts/status.tsx';
import { titleOf } from '../parts/text.tsx';
import { useHasServers } from './columns.ts';
import { CompareButton } from './compare-choice.tsx';
import { ToolChip } from './tool-chips.tsx';
import { Waiting } from './waiting.tsx';

/** Tools that a row names. */
const SHOWN_TOOLS = 3;

/** Names of as many characters stay whole where there is not room for all. */
const UNSHRUNK = 10;

/** The cells of a session's row. */
export function SessionCells({ row, isCurrent }: { readonly row: ApiRow; readonly isCurrent: boolean }) {
  const hasServers = useHasServers();
  const tabIndex = isCurrent ? 0 : -1;
  return (
    <>
      <td role="gridcell" class="c-session">
        <Icon name="chevron" />
        <SessionName row={row} />
        <CopyButton text={row.id} label="Copy the session's ID" tabIndex={tabIndex} />
      </td>
      <td role="gridcell" class="c-client">
        {row.clientName === undefined ? (
          <span class="faint">unknown</span>
        ) : (
          <Marked of="client" value={row.clientName} />
        )}
        {row.clientVersion !== undefined && <Marked of="client" class="version" value={row.clientVersion} />}
      </td>
      {hasServers && (
        <td role="gridcell" class="c-server">
          {row.service === undefined ? (
            <span class="faint">unknown</span>
          ) : (
            <Marked of="server" value={row.service} />
          )}
        </td>
      )}
      <td role="gridcell" class="c-started">
        <Started startedMs={row.startedMs} />
      </td>
      <td role="gridcell" class="c-duration number">
        <Duration row={row} />
      </td>
      <td role="gridcell" class="c-calls number">
        {formatCount(row.calls)}
        <span class="unit"> {row.calls === 1 ? 'call' : 'calls'}</span>
      </td>
      <td role="gridcell" class="c-errors number">
        <span class={row.errors > 0 ? 'errors' : 'faint'}>
          {formatCount(row.errors)}
          <span class="unit"> {row.errors === 1 ? 'error' : 'errors'}</span>
        </span>
        {row.errors > 0 && (
          <span class="rate">{formatRate(row.errors, Math.max(row.errors, row.calls))}</span>
        )}
      </td>
      <td role="gridcell" class="c-status">
        <Status status={row.status} endReason={row.endReason} />
      </td>
      <td role="gridcell" class="c-tools">
        <Waiting row={row} />
        {(row.tools.length > 0 || row.openRequests.length === 0) && <Tools row={row} tabIndex={tabIndex} />}
        <CompareButton id={row.id} tabIndex={tabIndex} />
      </td>
    </>
  );
}

/** What stands for the cells until the row has come. */
export function EmptyCells({ columns }: { readonly columns: number }) {
  return (
    <td role="gridcell" class="c-empty" colSpan={columns}>
      <span class="skeleton" />
      <span class="visually-hidden">Loading</span>
    </td>
  );
}

function SessionName({ row }: { readonly row: ApiRow }) {
  const title = [row.id, row.source, ...caveatsOf(row)].filter((part) => part !== undefined).join(' · ');
  if (row.source !== 'inferred')
    return <Marked of="session" class="mono" value={row.shortId} title={title} />;
  return (
    <span class="mono" title={title}>
      <span class="inferred">{INFERRED_MARK}</span>
      <Marked of="session" value={row.shortId} title={title} />
    </span>
  );
}

function Started({ startedMs }: { readonly startedMs: number }) {
  const { recording } = usePage();
  const [now, setNow] = useState(recording.now);
  return (
    <time
      dateTime={new Date(startedMs).toISOString()}
      title={`${formatAgo(startedMs, now)} (${formatFull(startedMs)})`}
      onMouseEnter={() => setNow(recording.now())}
    >
      {formatMoment(startedMs, now)}
    </time>
  );
}

/** Ticks while the session is active, where its end would be recorded. */
export function Duration({ row }: { readonly row: ApiRow }) {
  const { recording } = usePage();
  const isTicking = lastsToNow(row);
  const now = useNow(recording.now, 1_000, isTicking);
  return <>{isTicking ? formatTicking(now - row.startedMs) : formatDuration(row.durationMs)}</>;
}

function Tools({ row, tabIndex }: { readonly row: ApiRow; readonly tabIndex: number }) {
  if (row.tools.length === 0) return <span class="faint">none</span>;
  const more = row.tools.length - SHOWN_TOOLS;
  const title = titleOf(listNames(row.tools));
  return (
    <span class="tags" title={row.hasMoreTools ? `${title}, and more` : title}>
      <span class="tag-names">
        {row.tools.slice(0, SHOWN_TOOLS).map((tool) => (
          <ToolChip key={tool} tool={tool} shrink={Math.max(0, tool.length - UNSHRUNK)} tabIndex={tabIndex} />
        ))}
      </span>
      {(more > 0 || row.hasMoreTools) && (
        <span class="more">{`+${Math.max(more, 1)}${row.hasMoreTools ? '…' : ''}`}</span>
      )}
    </span>
  );
}
