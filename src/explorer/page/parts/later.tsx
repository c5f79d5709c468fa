import type { ComponentChildren, FunctionComponent } from 'preact';
import { useEffect, useState } from 'react';
import { Notice } from './notice.tsx';

type Load<Props> = () => Promise<FunctionComponent<Props>>;

/** What a part is before it is there, and where it cannot be had. */
export interface LaterProps<Props> {
  readonly load: Load<Props>;
  readonly with: Props;
  readonly meanwhile?: ComponentChildren;
}

/** Parts that are here, by what loads them. */
const here = new Map<unknown, FunctionComponent<never>>();
/** What is loaded before it is asked for. */
const awaited: Load<never>[] = [];
let isAtPeace = false;

/** A part that is loaded when the page has nothing else to do, so that it shows at once and without the server. */
export function later<Props>(load: Load<Props>): Load<Props> {
  awaited.push(load);
  // A part of a part.
  if (isAtPeace) loadAwaited();
  return load;
}

/** Loads what {@link later} was told of. */
export function loadRest(): void {
  const inPeace = 'requestIdleCallback' in globalThis ? requestIdleCallback : setTimeout;
  inPeace(() => {
    isAtPeace = true;
    loadAwaited();
  });
}

/** One that cannot be had is asked for again when it is shown. */
function loadAwaited(): void {
  void Promise.allSettled(awaited.splice(0).map(loaded));
}

async function loaded<Props>(load: Load<Props>): Promise<FunctionComponent<Props>> {
  const part = await load();
  here.set(load, part);
  return part;
}

/**
 * A part of the page that is loaded when it is first shown.
 *
 * @param props.load - the same whenever it is rendered
 */
export function Later<Props extends object>({ load, with: props, meanwhile }: LaterProps<Props>) {
  const [settled, settle] = useState<unknown>(undefined);
  const Part = here.get(load) as FunctionComponent<Props> | undefined;
  const isShown = Part !== undefined;
  useEffect(() => {
    // One that came between the rendering and this moment is not shown yet.
    if (isShown) return;
    let isOver = false;
    const end = () => {
      if (!isOver) settle(() => load);
    };
    loaded(load).then(end, end);
    return () => {
      isOver = true;
    };
  }, [load, isShown]);
  if (Part !== undefined) return <Part {...props} />;
  if (settled !== load) return <>{meanwhile}</>;
  return (
    <Notice kind="error">
      This part of the page could not be loaded. Load the page again; if that does not help, look whether{' '}
      <code>mcp-sessionscope ui</code> is still running.
    </Notice>
  );
}
