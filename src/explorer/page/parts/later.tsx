import type { ComponentChildren, FunctionComponent } from 'preact';
import { useEffect, useState } from 'react';
import { Notice } from './notice.tsx';

/** What a part is before it is there, and where it cannot be had. */
export interface LaterProps<Props> {
  readonly load: () => Promise<FunctionComponent<Props>>;
  readonly with: Props;
  readonly meanwhile?: ComponentChildren;
}

/** A part of the page that is loaded when it is first shown. */
export function Later<Props extends object>({ load, with: props, meanwhile }: LaterProps<Props>) {
  const [loaded, set] = useState<{ of: unknown; part?: FunctionComponent<Props> }>({ of: undefined });
  useEffect(() => {
    let isOver = false;
    const show = (part?: FunctionComponent<Props>) => {
      if (!isOver) set({ of: load, ...(part !== undefined && { part }) });
    };
    load().then(show, () => show());
    return () => {
      isOver = true;
    };
  }, [load]);
  if (loaded.of !== load) return <>{meanwhile}</>;
  const { part: Part } = loaded;
  if (Part !== undefined) return <Part {...props} />;
  return (
    <Notice kind="error">
      This part of the page could not be loaded. Load the page again; if that does not help, look whether{' '}
      <code>mcp-sessionscope ui</code> is still running.
    </Notice>
  );
}
