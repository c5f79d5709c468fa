import type { Edit } from './tree.ts';

/** What is done with a server, or why it is left as it is. */
export type Outcome =
  | {
      readonly edits: readonly Edit[];
      /** The words of its command, or its URL alone, as they are and as they will be. */
      readonly before: readonly string[];
      readonly after: readonly string[];
      readonly proxied?: Proxied;
    }
  | { readonly left: string };

/** What `proxy` must forward to, for the address that is put in, and where it is to record. */
export interface Proxied {
  readonly to: string;
  readonly address: string;
  readonly dir: string | undefined;
}

/** A sentence for users; it repeats nothing of the file. */
export function left(reason: string): Outcome {
  return { left: reason };
}
