import type { Direction } from '../address.ts';
import { Icon } from './icons.tsx';

export interface SortButtonProps {
  readonly label: string;
  /** How the column is sorted; absent: it is not. */
  readonly direction: Direction | undefined;
  readonly onClick: () => void;
}

export function SortButton({ label, direction, onClick }: SortButtonProps) {
  return (
    <button type="button" class={`sort${direction === undefined ? '' : ' sorted'}`} onClick={onClick}>
      <span>{label}</span>
      <Icon name={direction === 'asc' ? 'up' : 'down'} />
    </button>
  );
}
