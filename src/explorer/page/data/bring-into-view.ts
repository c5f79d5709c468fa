/** Lines above it may get their heights in the frames that follow, which moves it. */
const FRAMES = 10;

/** Gives the row the focus, and has it in view until all around it has been laid out. */
export function bringIntoView(row: HTMLElement, block: 'center' | 'nearest'): void {
  row.scrollIntoView({ block });
  row.focus({ preventScroll: true });
  keepInView(row, block, FRAMES);
}

function keepInView(row: HTMLElement, block: 'center' | 'nearest', frames: number): void {
  // Somebody is elsewhere by now.
  if (document.activeElement !== row) return;
  const { top, bottom } = row.getBoundingClientRect();
  if (top < 0 || bottom > innerHeight) row.scrollIntoView({ block });
  if (frames > 0) requestAnimationFrame(() => keepInView(row, block, frames - 1));
}
