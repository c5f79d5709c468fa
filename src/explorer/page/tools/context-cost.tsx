import type { ApiTool, ApiTools } from '../../server/api.ts';
import { mostCostly } from '../../sessions/sizes.ts';
import { formatCost, formatCount, plural } from '../format.ts';
import { Text } from '../parts/text.tsx';

/** Tools and servers that are named. */
const SHOWN = 3;

/** What a model reads before it calls anything, and the tools for which it reads and writes most. */
export function ContextCost({ list: { tools, lists } }: { readonly list: ApiTools }) {
  const costly = mostCostly(tools, SHOWN);
  return (
    <>
      {lists.slice(0, SHOWN).map(({ service, bytes, tools: count }) => (
        <p key={service ?? ''} class="faint">
          List of tools{service === undefined ? '' : ' of '}
          <Text value={service ?? ''} />: {count === undefined ? '' : `${plural(count, 'tool')}, `}
          {formatCost(bytes)}
        </p>
      ))}
      {costly.length > 0 && (
        <p class="faint">
          Cost most:{' '}
          {costly.map(({ name, requestSize = 0, responseSize = 0 }, i) => (
            <span key={name}>
              {i === 0 ? '' : '; '}
              <Text value={name} /> {formatCost(requestSize + responseSize)}
            </span>
          ))}
        </p>
      )}
    </>
  );
}

/** What having it on a list costs each client, as far as that is known: of a list its size as a whole is recorded. */
export function ListShares({ tool: { isListed, services }, lists }: ListSharesProps) {
  if (isListed !== true) return null;
  const known = lists.filter(({ service = '', tools = 0 }) => tools > 0 && services.includes(service));
  return (
    <>
      {known.slice(0, SHOWN).map(({ service = '', bytes, tools = 1 }) => (
        <p key={service} class="faint">
          An even share of the list of tools of <Text value={service} />, 1 of {formatCount(tools)}:{' '}
          {formatCost(Math.round(bytes / tools))}
        </p>
      ))}
    </>
  );
}

interface ListSharesProps {
  readonly tool: ApiTool;
  readonly lists: ApiTools['lists'];
}
