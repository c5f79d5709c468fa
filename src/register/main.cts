import { reportFailure } from '../sdk/diagnostics/guard.ts';
import { createConnecting } from './connecting.ts';
import { CALLED } from './insert-calls.ts';
import { loadPackage } from './load-package.cjs';
import { watchModules } from './watch-modules.ts';

try {
  register();
} catch (error) {
  // What is preloaded and throws would keep the program from starting.
  reportFailure('registering failed, and servers may go unobserved', error);
}

function register(): void {
  const isOff = process.env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true';
  // It may be asked for twice, by NODE_OPTIONS and by the command line, and by two copies of the package.
  if (isOff || CALLED in globalThis) return;
  Object.defineProperty(globalThis, CALLED, { value: createConnecting(loadPackage), configurable: true });
  watchModules();
}
