import { useState } from 'react';
import { visible } from '../../text/visible.ts';
import { cut, formatSize } from '../format.ts';

const SHOWN = 1_000;

/** Text of others that may be very long: wrapped, and cut until it is asked for. */
export function LongText({ text, class: className }: { readonly text: string; readonly class?: string }) {
  const [isWhole, setWhole] = useState(false);
  const isCut = !isWhole && text.length > SHOWN;
  return (
    <span class={className}>
      <bdi>{visible(isCut ? cut(text, SHOWN) : text)}</bdi>
      {isCut && (
        <button type="button" class="plain" onClick={() => setWhole(true)}>
          Show all {formatSize(text.length)}
        </button>
      )}
    </span>
  );
}
