import type { ApiTools } from '../../server/api.ts';
import { mostCostly } from '../../sessions/sizes.ts';
import { formatCost } from '../format.ts';
import { Text } from '../parts/text.tsx';

/** Tools and servers that are named. */
const SHOWN = 3;

/** What a model reads before it calls anything, and the tools for which it reads and writes most. */
export function ContextCost({ list: { tools, lists } }: { readonly list: ApiTools }) {
  const costly = mostCostly(tools, SHOWN);
  return (
    <>
      {lists.slice(0, SHOWN).map(({ service, bytes }) => (
        <p key={service ?? ''} class="faint">
          List of tools{service === undefined ? '' : ' of '}
          <Text value={service ?? ''} />: {formatCost(bytes)}
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
