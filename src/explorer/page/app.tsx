import { useEffect, useState } from 'react';
import type { Tab } from './address.ts';
import { useObserved } from './data/hooks.ts';
import { Recording } from './data/recording.ts';
import { EmptyState } from './empty-state.tsx';
import { Header } from './header.tsx';
import { KeysHelp } from './keys-help.tsx';
import { Notices } from './notices.tsx';
import { type Page, PageContext, useAddress } from './page-context.ts';
import { Later, later, loadRest } from './parts/later.tsx';
import { SessionList } from './sessions/session-list.ts';
import { SessionsTab } from './sessions/sessions-tab.tsx';

const TITLES: Readonly<Record<Tab, string>> = {
  sessions: 'Sessions',
  tools: 'Tools',
  errors: 'Errors',
  overview: 'Overview',
};

/** What is not needed at first sight. */
const LATER = {
  tools: later(async () => (await import('./tools/tools-tab.tsx')).ToolsTab),
  errors: later(async () => (await import('./errors/errors-tab.tsx')).ErrorsTab),
  overview: later(async () => (await import('./overview/overview-tab.tsx')).OverviewTab),
};

export function App() {
  const [recording] = useState(() => new Recording());
  const [list] = useState(() => new SessionList());
  const [view, navigate] = useAddress();
  useObserved(recording);
  useEffect(() => recording.open(), [recording]);
  useEffect(loadRest, []);
  useEffect(() => {
    document.title = `${TITLES[view.tab]} · mcp-sessionscope`;
  }, [view.tab]);
  const page: Page = { view, navigate, recording };
  const isEmpty =
    recording.state !== undefined && recording.sessions === 0 && recording.indexing === undefined;
  return (
    <PageContext.Provider value={page}>
      <Header />
      <main id="main" tabIndex={-1}>
        <h1 class="visually-hidden">{TITLES[view.tab]}</h1>
        <Notices />
        {isEmpty ? <EmptyState /> : <Shown tab={view.tab} list={list} />}
      </main>
      <KeysHelp />
    </PageContext.Provider>
  );
}

function Shown({ tab, list }: { readonly tab: Tab; readonly list: SessionList }) {
  if (tab === 'sessions') return <SessionsTab list={list} />;
  return <Later load={LATER[tab]} with={{}} />;
}
