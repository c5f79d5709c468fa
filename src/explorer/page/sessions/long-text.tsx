import { useState } from 'react';
import type { SearchField } from '../../sessions/search.ts';
import { visible } from '../../text/visible.ts';
import { cut, formatSize } from '../format.ts';
import { Marks } from '../parts/marked.tsx';

const SHOWN = 1_000;

export interface LongTextProps {
  readonly text: string;
  readonly class?: string;
  /** The field of a search that it is: what was searched for is marked. */
  readonly of?: SearchField;
}

/** Text of others that may be very long: wrapped, and cut until it is asked for. */
export function LongText({ text, class: className, of }: LongTextProps) {
  const [isWhole, setWhole] = useState(false);
  const isCut = !isWhole && text.length > SHOWN;
  const shown = visible(isCut ? cut(text, SHOWN) : text);
  return (
    <span class={className}>
      <bdi>{of === undefined ? shown : <Marks text={shown} of={of} />}</bdi>
      {isCut && (
        <button type="button" class="plain" onClick={() => setWhole(true)}>
          Show all {formatSize(text.length)}
        </button>
      )}
    </span>
  );
}
