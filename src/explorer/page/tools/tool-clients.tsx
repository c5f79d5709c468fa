import type { ApiClient } from '../../server/api.ts';
import { listNames } from '../../text/names.ts';
import { rangeOf, UNRESTRICTED } from '../address.ts';
import { client } from '../data/api-client.ts';
import { rangeKey } from '../data/range-key.ts';
import { useAnswer } from '../data/use-answer.ts';
import { formatAgo, plural } from '../format.ts';
import { usePage } from '../page-context.ts';
import { ViewLink } from '../parts/link.tsx';
import { Text } from '../parts/text.tsx';

/** Who has discovered a tool, who has not, and who never asked for a list of tools. */
export function ToolClients({ name }: { readonly name: string }) {
  const { view, recording } = usePage();
  const ask = () => client.tool(name, rangeOf(view, recording.now()));
  const { value, failure } = useAnswer(recording, `${name} ${rangeKey(view)}`, ask);
  if (failure !== undefined) return <p class="failed">{failure}</p>;
  if (value === undefined) return <p class="loading">Loading the clients…</p>;
  const asked = value.notSeen.filter(({ hasListed }) => hasListed);
  const neverAsked = value.notSeen.filter(({ hasListed }) => !hasListed);
  return (
    <div class="discovery">
      <Group title="Have seen it" clients={value.seen} none="No client was shown it." tool={name} />
      <Group
        title="Have not discovered it"
        hint="They asked for the list of tools, and it was not on it; or they have not asked since."
        clients={asked}
        none="No client is left."
        tool={name}
      />
      {value.maybeSeen.length > 0 && (
        <Group
          title="May have seen it"
          hint="They were shown a list that is too long to be recorded whole."
          clients={value.maybeSeen}
          none=""
          tool={name}
        />
      )}
      <Group
        title="Never asked for a list"
        hint="They have not sent tools/list in this range."
        clients={neverAsked}
        none="Every client asked."
        tool={name}
      />
    </div>
  );
}

interface GroupProps {
  readonly title: string;
  readonly hint?: string;
  readonly clients: readonly ApiClient[];
  readonly none: string;
  readonly tool: string;
}

function Group({ title, hint, clients, none, tool }: GroupProps) {
  const { recording } = usePage();
  return (
    <section>
      <h2 title={hint}>
        {title} <span class="faint">{clients.length}</span>
      </h2>
      {clients.length === 0 && <p class="faint">{none}</p>}
      <ul>
        {clients.map((each) => (
          <li key={each.name}>
            <ViewLink
              to={{
                ...UNRESTRICTED,
                tab: 'sessions',
                client: each.name,
                tool: each.calls > 0 ? tool : undefined,
              }}
            >
              <Text value={each.name} />
            </ViewLink>{' '}
            <Text class="version" value={listNames(each.versions)} />
            <span class="faint">
              {plural(each.sessions, 'session')}, {plural(each.calls, 'call')},{' '}
              {formatAgo(each.lastSeenMs, recording.now())}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
