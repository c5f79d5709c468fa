import type { ComponentChildren } from 'preact';
import { useState } from 'react';
import { titleOf } from './text.tsx';

export interface FirstFewProps<T> {
  readonly items: readonly T[];
  /** How many are shown before all are asked for. */
  readonly most: number;
  /** What one of them is: `client`. */
  readonly one: string;
  /** All of them, on hover. */
  readonly title: string;
  readonly keyOf: (item: T) => string;
  /** @param isWhole - all of it is to be told */
  readonly show: (item: T, isWhole: boolean) => ComponentChildren;
  /** Whether `show` leaves something out of this one. */
  readonly isCut?: (item: T) => boolean;
}

/** The first of some, and all of them at a click, a touch or a key. */
export function FirstFew<T>({ items, most, one, title, keyOf, show, isCut }: FirstFewProps<T>) {
  const [isWhole, setWhole] = useState(false);
  const more = items.length - most;
  const shown = isWhole ? items : items.slice(0, most);
  const hasMore = more > 0 || (isCut !== undefined && shown.some(isCut));
  return (
    <span class="types" title={titleOf(title)}>
      {shown.map((item) => (
        <span key={keyOf(item)}>{show(item, isWhole)}</span>
      ))}
      {hasMore && (
        <button type="button" class="plain" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'fewer' : more > 0 ? `+${more}` : '…'}
          <span class="visually-hidden">
            {' '}
            {isWhole || more <= 0 ? `of the ${one}s` : `more ${one}${more === 1 ? '' : 's'}`}
          </span>
        </button>
      )}
    </span>
  );
}
