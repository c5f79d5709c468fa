declare module 'cross-spawn' {
  import type { spawn } from 'node:child_process';

  /** Takes what `spawn` takes. */
  const crossSpawn: typeof spawn;
  export default crossSpawn;
}
