import { startUiProcess } from '../../../tools/support/ui-process.ts';

/** The built `mcp-sessionscope ui` on a folder. */
export interface UiProcess {
  /** Without a slash at the end. */
  readonly url: string;
  /** Where it receives OTLP; empty where it does not. */
  readonly otlpUrl: string;
  stop(): Promise<void>;
}

export interface UiSettings {
  /** Default: any that is free. */
  readonly port?: number;
  /** Whether it receives OTLP. */
  readonly receives?: boolean;
  /** More arguments of the command. */
  readonly args?: readonly string[];
}

/** Sessions are lost after a day of silence, so that those of a recording stay as they are while it is looked at. */
export async function startUi(
  dir: string,
  { port = 0, receives, args = [] }: UiSettings = {},
): Promise<UiProcess> {
  const { url, otlpUrl, stop } = await startUiProcess([
    ...['--dir', dir, '--port', String(port), '--lost-after', '1d'],
    ...(receives === true ? ['--otlp-port', '0'] : ['--no-otlp']),
    ...args,
  ]);
  return { url: url.origin, otlpUrl: otlpUrl?.origin ?? '', stop };
}
