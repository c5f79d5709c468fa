import { grownCapacity, resized } from './columns.ts';

/** Where a span of a server is that hangs below one of a client. */
export interface Peer {
  readonly owner: number;
  readonly row: number;
}

/** The spans of one file that instrumented clients recorded: what only tells their sessions, some 15 bytes each. */
export class ClientColumns {
  count = 0;
  /** Of the columns of its file. */
  row = new Uint32Array(0);
  connection = new Uint32Array(0);
  /** Those of its row, where the connection is a session by itself. */
  flags = new Uint8Array(0);
  /** The file, and the row there, of what the server recorded; 0: not known. */
  peerOwner = new Uint16Array(0);
  peerRow = new Uint32Array(0);

  /** Returns its place. */
  add(row: number, connection: number, flags: number): number {
    const at = this.count;
    if (at === this.row.length) this.#resize(grownCapacity(at));
    this.row[at] = row;
    this.connection[at] = connection;
    this.flags[at] = flags;
    this.peerOwner[at] = 0;
    this.count = at + 1;
    return at;
  }

  setPeer(at: number, { owner, row }: Peer): void {
    this.peerOwner[at] = owner;
    this.peerRow[at] = row;
  }

  /** The file is gone. */
  forgetPeers(owner: number): void {
    for (let at = 0; at < this.count; at += 1) if (this.peerOwner[at] === owner) this.peerOwner[at] = 0;
  }

  /** Gives back what growth reserved. */
  trim(): void {
    if (this.row.length > this.count) this.#resize(this.count);
  }

  #resize(capacity: number): void {
    this.row = resized(this.row, capacity);
    this.connection = resized(this.connection, capacity);
    this.flags = resized(this.flags, capacity);
    this.peerOwner = resized(this.peerOwner, capacity);
    this.peerRow = resized(this.peerRow, capacity);
  }
}
