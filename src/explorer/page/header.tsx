import type { Tab } from './address.ts';
import { useObserved } from './data/hooks.ts';
import type { Connection } from './data/recording.ts';
import { showHelp } from './keys-help.tsx';
import { usePage } from './page-context.ts';
import { ViewLink } from './parts/link.tsx';
import { Text } from './parts/text.tsx';
import { SettingsButton } from './settings-dialog.tsx';

const TABS: readonly { readonly tab: Tab; readonly label: string }[] = [
  { tab: 'sessions', label: 'Sessions' },
  { tab: 'tools', label: 'Tools' },
  { tab: 'errors', label: 'Errors' },
  { tab: 'overview', label: 'Overview' },
];

const CONNECTIONS: Readonly<Record<Connection, { readonly label: string; readonly title: string }>> = {
  connecting: { label: 'Connecting', title: 'Connecting to the server' },
  live: { label: 'Live', title: 'What is recorded appears by itself' },
  lost: {
    label: 'Reconnecting',
    title: 'The connection to the server is lost; the page tries again by itself',
  },
};

export function Header() {
  const { view, recording } = usePage();
  const { state, connection } = useObserved(recording);
  const { label, title } = CONNECTIONS[connection];
  return (
    <header class="top">
      <div class="top-inner">
        <span class="name">
          <svg viewBox="0 0 16 16" width="20" height="20" aria-hidden="true" focusable="false">
            <rect width="16" height="16" rx="4" class="mark-ground" />
            <path d="M4 5h8M4 8h5M4 11h7" class="mark-lines" />
          </svg>
          <span class="name-text">mcp-sessionscope</span>
        </span>
        <nav aria-label="Views">
          {TABS.map(({ tab, label: caption }) => (
            <ViewLink key={tab} to={{ tab }} class="tab" current={view.tab === tab}>
              {caption}
            </ViewLink>
          ))}
        </nav>
        <span class="where">
          {state !== undefined && (
            <Text class="folder" value={state.dir} title={`Recorded in ${state.dir}`} />
          )}
          <span class={`live live-${connection}`} role="status" title={title}>
            <span class="dot" />
            <span class="live-label">{label}</span>
          </span>
          <SettingsButton />
          <button
            type="button"
            class="help"
            title="Keys and documentation"
            aria-label="Help"
            onClick={showHelp}
          >
            ?
          </button>
        </span>
      </div>
    </header>
  );
}
