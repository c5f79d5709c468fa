import { startUi, type Ui, type UiOptions } from '../../explorer/server/start.ts';
import { visible } from '../../explorer/text/visible.ts';
import { mayOpenBrowser } from '../browser.ts';
import type { CliIo } from '../io.ts';

/** Serves the page until Ctrl-C or SIGTERM, which is how it is meant to end. A second one ends it as the system does. */
export async function runUi(options: UiOptions, opens: boolean, io: CliIo): Promise<void> {
  let stop: () => void = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const release = io.onStopSignal(() => stop());
  const ui = await startUi(options, io).catch((error) => {
    release();
    throw error;
  });
  io.stdout.write(addressesOf(ui, options));
  // With a token, whoever has it opens the page: arguments of processes can be seen by others.
  if (opens && options.token === undefined && mayOpenBrowser(io)) io.openBrowser(`${ui.url}/`);
  const progress = io.isStderrTTY ? showIndexing(ui, io) : undefined;
  await stopped;
  release();
  progress?.();
  await ui.close();
}

function addressesOf({ url, otlpUrl }: Ui, { dir, token }: UiOptions): string {
  const hint = token === undefined ? '' : ' (open it with ?token=TOKEN once)';
  const otlp = otlpUrl ?? 'not received';
  return [
    `Sessions page: ${url}/${hint}`,
    `OTLP/HTTP:     ${otlp}`,
    `Recording:     ${visible(dir)}`,
    '',
  ].join('\n');
}

/** Draws how much has been read in one line, until all is. Returns what ends that. */
function showIndexing({ store }: Ui, io: Pick<CliIo, 'stderr'>): () => void {
  let isDrawn = false;
  const end = (): void => {
    clearInterval(timer);
    if (isDrawn) io.stderr.write('\r\u001b[K');
    isDrawn = false;
  };
  const timer = setInterval(() => {
    const { indexing, spans } = store.state();
    if (indexing === undefined) return;
    const percent = Math.floor((indexing.done / Math.max(1, indexing.total)) * 100);
    io.stderr.write(`\rreading what is recorded: ${percent} %, ${spans.toLocaleString('en')} spans\u001b[K`);
    isDrawn = true;
  }, 200);
  store.ready.then(end, end);
  return end;
}
