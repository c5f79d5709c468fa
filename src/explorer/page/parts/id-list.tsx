import type { SearchField } from '../../sessions/search.ts';
import { CopyButton } from './copy-button.tsx';
import { Marked } from './marked.tsx';
import { Text } from './text.tsx';

export interface IdListProps {
  /** What the id is of, and the id. */
  readonly ids: readonly (readonly [name: string, id: string | undefined])[];
}

/** Ids, small, each to be copied whole; those that are not known are left out. */
export function IdList({ ids }: IdListProps) {
  return (
    <dl class="ids">
      {ids.map(
        ([name, id]) =>
          id !== undefined &&
          id !== '' && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <Id name={name} id={id} />
                <CopyButton text={id} label={`Copy the ${name} ID`} />
              </dd>
            </div>
          ),
      )}
    </dl>
  );
}

/** Ids that can be searched for. */
const FIELDS: ReadonlyMap<string, SearchField> = new Map([
  ['Trace', 'trace'],
  ['Request', 'request'],
]);

function Id({ name, id }: { readonly name: string; readonly id: string }) {
  const field = FIELDS.get(name);
  if (field === undefined) return <Text class="mono" value={id} />;
  return <Marked of={field} class="mono" value={id} />;
}
