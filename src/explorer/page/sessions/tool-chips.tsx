import { ViewLink } from '../parts/link.tsx';
import { Marked } from '../parts/marked.tsx';

export interface ToolChipProps {
  readonly tool: string;
  /** How much narrower it gets where there is not room for all. */
  readonly shrink?: number;
  readonly tabIndex?: number;
}

/** A tool that leads to the sessions which called it. */
export function ToolChip({ tool, shrink = 0, tabIndex }: ToolChipProps) {
  return (
    <ViewLink
      to={{ tool }}
      class="tag"
      title={`Only sessions that called ${tool}`}
      style={{ flexShrink: shrink }}
      tabIndex={tabIndex}
    >
      <Marked of="tool" value={tool} title={`Only sessions that called ${tool}`} />
    </ViewLink>
  );
}
