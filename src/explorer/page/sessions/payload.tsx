import { useState } from 'react';
import { indentJson } from '../../text/indent-json.ts';
import { visibleJson, visibleLines } from '../../text/visible.ts';
import { cut, formatSize } from '../format.ts';
import { CopyButton } from '../parts/copy-button.tsx';

/** Characters that are shown before "Show all". */
const SHOWN = 20_000;

/** Captured arguments or a captured result, folded until it is asked for. */
export function Payload({ label, text }: { readonly label: string; readonly text: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="payload" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {label} <span class="size">{formatSize(text.length)}</span>
      </summary>
      {isOpen && <PayloadText label={label} text={text} />}
    </details>
  );
}

export function PayloadText({ label, text }: { readonly label: string; readonly text: string }) {
  const [isWhole, setWhole] = useState(false);
  const shown = readable(text);
  const isCut = !isWhole && shown.length > SHOWN;
  return (
    <div class="payload-text">
      <CopyButton text={text} label={`Copy ${label.toLowerCase()}`} />
      <pre>{isCut ? cut(shown, SHOWN) : shown}</pre>
      {isCut && (
        <button type="button" class="button" onClick={() => setWhole(true)}>
          Show all {formatSize(shown.length)}
        </button>
      )}
    </div>
  );
}

/** JSON on several lines; other text as it is, as a truncated capture is no JSON any more. */
function readable(text: string): string {
  try {
    JSON.parse(text);
    return visibleJson(indentJson(text));
  } catch {
    return visibleLines(text);
  }
}
