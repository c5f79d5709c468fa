import { removeFolderSync } from '../../tools/support/remove-folder.ts';
import { OWN_HOME } from './own-home.ts';

export default function removeHome(): void {
  const home: unknown = Reflect.get(globalThis, OWN_HOME);
  if (typeof home === 'string') removeFolderSync(home);
}
