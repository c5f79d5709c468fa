import { constants } from 'node:os';
import { didYouMean } from '../config/did-you-mean.ts';
import { flag, type Rule, shown, timer } from '../config/validate.ts';
import { logOnce } from '../diagnostics/log.ts';
import { isRecord } from '../protocol/json-rpc.ts';
import type { TelemetryManager } from '../telemetry-manager.ts';

/** Signals that a server can be ended with. The names of other platforms are taken and never come. */
const NAMED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGBREAK', 'SIGUSR1', 'SIGUSR2'] as const;

/** A signal that a process can listen to, and that means "end". */
export type ShutdownSignal = (typeof NAMED_SIGNALS)[number];

/** Options of {@link installShutdownHooks}. */
export interface ShutdownHookOptions {
  /** Signals that end the process. Default: `['SIGINT', 'SIGTERM']`. */
  signals?: readonly ShutdownSignal[] | undefined;
  /**
   * Exit code after a signal, 0 to 255. `'signal'` gives what a shell reports for a process that the signal killed
   * (130 for SIGINT, 143 for SIGTERM). Default: 0.
   */
  signalExitCode?: number | 'signal' | undefined;
  /**
   * Whether a signal may end the process by these hooks. `false`: it flushes, and the rest is left to the application's
   * own listeners; where there are none, the signal then ends the process as it would without the hooks. With
   * `stdin: false` too, the hooks delay no end of the process by more than about 200 ms. Default: true.
   */
  exitOnSignal?: boolean | undefined;
  /**
   * Milliseconds that the application's own listeners for a signal have for ending the process, 1 to 2147483647; then
   * the hooks end it. Default: 30000.
   */
  drainTimeoutMs?: number | undefined;
  /**
   * Flush at once after an uncaught exception or unhandled rejection. What it does to the process is left to Node and
   * to the application's listeners. Default: true.
   */
  exceptions?: boolean | undefined;
  /** Exit when stdin of a stdio server ends and its open requests are answered. Default: true. */
  stdin?: boolean | undefined;
  /** Runs after the flush and before the exit, where the hooks end the process; may be asynchronous. */
  beforeExit?: (() => void | Promise<void>) | undefined;
  /** Milliseconds that `beforeExit` may take, 1 to 2147483647; then the process exits without it. Default: 3000. */
  beforeExitTimeoutMs?: number | undefined;
}

const RULES: { readonly [K in keyof Required<ShutdownHookOptions>]: Rule } = {
  signals: {
    takes: "an array of signals that can be listened to, such as 'SIGTERM'",
    accepts: (v) => Array.isArray(v) && v.every(isListenable),
  },
  signalExitCode: {
    takes: "a whole number from 0 to 255 or 'signal'",
    accepts: (v) => v === 'signal' || (Number.isInteger(v) && (v as number) >= 0 && (v as number) <= 255),
  },
  exitOnSignal: flag,
  drainTimeoutMs: timer,
  exceptions: flag,
  stdin: flag,
  beforeExit: { takes: 'a function', accepts: (v) => typeof v === 'function' },
  beforeExitTimeoutMs: timer,
};

/**
 * Checks both arguments before anything is installed: hooks that fail when the process is told to go would make a
 * process that cannot be stopped.
 *
 * @throws one TypeError that names everything wrong.
 */
export function validateHooks(telemetry: unknown, options: unknown): void {
  const wrong = isManager(telemetry) ? [] : [`telemetry must be a TelemetryManager, got ${shown(telemetry)}`];
  if (!isRecord(options)) wrong.push(`options must be an object, got ${shown(options)}`);
  const unknown: string[] = [];
  for (const [field, value] of Object.entries(isRecord(options) ? options : {})) {
    const rule = Object.hasOwn(RULES, field) ? RULES[field as keyof ShutdownHookOptions] : undefined;
    if (rule === undefined) unknown.push(field);
    else if (value !== undefined && !rule.accepts(value)) {
      wrong.push(`${field} must be ${rule.takes}, got ${shownList(value)}`);
    }
  }
  if (wrong.length > 0) throw new TypeError(`mcp-sessionscope: ${wrong.join('; ')}`);
  for (const name of unknown) {
    const suggestion = didYouMean(name, Object.keys(RULES));
    logOnce(`unknown option '${name}' of installShutdownHooks is ignored${suggestion}`);
  }
}

/** By its shape: each copy of the package has a class of its own. */
function isManager(value: unknown): value is TelemetryManager {
  if (typeof value !== 'object' || value === null) return false;
  return ['instrument', 'startActiveSpan', 'forceFlush', 'shutdown'].every(
    (method) => typeof Reflect.get(value, method) === 'function',
  );
}

/** Node throws where one listens to SIGKILL or SIGSTOP, and takes any other text for the name of an event. */
function isListenable(signal: unknown): boolean {
  if (typeof signal !== 'string' || signal === 'SIGKILL' || signal === 'SIGSTOP') return false;
  return Object.hasOwn(constants.signals, signal) || (NAMED_SIGNALS as readonly string[]).includes(signal);
}

function shownList(value: unknown): string {
  return Array.isArray(value) ? `[${value.slice(0, 10).map(shown).join(', ')}]` : shown(value);
}
