/**
 * Loads the OpenTelemetry SDK when a manager needs it, and not before: importing the package costs a server nothing.
 * Synchronous, because the first message may arrive before a dynamic import is through. `./sdk.cjs` is a file of the
 * built package; `require` is defined in both formats (see tsup.config.ts).
 */
export function loadSdk(): typeof import('./sdk.ts') {
  return require('./sdk.cjs') as typeof import('./sdk.ts');
}
