import { formatCount, formatRate } from '../format.ts';

/** A number of errors, and their share. */
export function Errors({ errors, calls }: { readonly errors: number; readonly calls: number }) {
  if (errors === 0) return <span class="faint">0</span>;
  return (
    <span class="errors-and-rate">
      <span class="errors">{formatCount(errors)}</span> <span class="faint">{formatRate(errors, calls)}</span>
    </span>
  );
}
