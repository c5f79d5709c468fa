/**
 * Loads the OpenTelemetry SDK when a manager needs it, and not before: importing the package costs a server nothing.
 * Synchronous, because the first message may arrive before a dynamic import is through. A file of its own in the built
 * package, and CommonJS for both formats: in there a bundler understands `require`, and takes `./sdk.cjs` along.
 */
export function loadSdk(): typeof import('./sdk.ts') {
  return require('./sdk.cjs') as typeof import('./sdk.ts');
}
