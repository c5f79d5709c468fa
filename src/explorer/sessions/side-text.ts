import { formatDuration } from '../text/format.ts';

/** What of an event tells of the other side; what is not known may be left out. */
export interface SeenEvent {
  readonly networkMs?: number | undefined;
  readonly clientError?: string | undefined;
  readonly side?: 'client' | undefined;
}

export const NETWORK_TITLE = 'How long it took the one who asked, less how long it took the other';

/** What an event tells of the other side, in words. */
export function sideNotes({ networkMs, clientError, side }: SeenEvent): string[] {
  return [
    ...(networkMs === undefined ? [] : [`network ${formatDuration(networkMs)}`]),
    ...(clientError === undefined ? [] : [`the client saw an error: ${clientError}`]),
    ...(side === undefined ? [] : ['only the client recorded it, so that it is not counted']),
  ];
}
