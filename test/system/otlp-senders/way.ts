/** How the scene is sent. */
export interface Way {
  readonly encoding: 'protobuf' | 'json';
  readonly compression: 'none' | 'gzip';
}
