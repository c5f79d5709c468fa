import { rmSync } from 'node:fs';
import { OWN_HOME } from './own-home.ts';

export default function removeHome(): void {
  const home: unknown = Reflect.get(globalThis, OWN_HOME);
  if (typeof home === 'string') rmSync(home, { recursive: true, force: true, maxRetries: 3 });
}
