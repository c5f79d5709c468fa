import { CopyButton } from './copy-button.tsx';
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
                <Text class="mono" value={id} />
                <CopyButton text={id} label={`Copy the ${name} ID`} />
              </dd>
            </div>
          ),
      )}
    </dl>
  );
}
