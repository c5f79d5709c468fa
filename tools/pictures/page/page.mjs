// Runs in the browser: draws the tables of a picture with Grafana's own component.
// Grafana's font, which it brings along by itself.
import '@fontsource/inter/400.css';
import '@fontsource/inter/500.css';
import { applyFieldOverrides, cacheFieldDisplayNames, createTheme, ThemeContext } from '@grafana/data';
import { GlobalStyles } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import { createElement as h, useMemo } from 'react';
import { createRoot } from 'react-dom/client';
import { fieldOptions } from '../../dashboards/evaluate/field-options.ts';

const PADDING = 16;
const HEADER = 40;
const ROW = 36;
// Room for the scroll bar of a wide table; where it just fits, the table never comes to rest.
const SCROLLBAR = 40;

/** @param picture - `{ title, note, width, theme, tables: [{ title, frame, fieldConfig, sortBy }] }` */
window.draw = (picture) => {
  const theme = createTheme({ colors: { mode: picture.theme } });
  document.body.style.background = theme.colors.background.canvas;
  const root = document.getElementById('root');
  root.style.width = `${picture.width}px`;
  createRoot(root).render(
    h(
      ThemeContext.Provider,
      { value: theme },
      h(GlobalStyles),
      h(
        'div',
        { style: { padding: PADDING, color: theme.colors.text.primary } },
        picture.tables.map((table) =>
          h(Panel, { key: table.title, table, theme, width: picture.width - 2 * PADDING }),
        ),
        h('div', { style: { color: theme.colors.text.secondary, fontSize: 12 } }, picture.note),
      ),
    ),
  );
};

function Panel({ table, theme, width }) {
  const { title, frame, fieldConfig, sortBy } = table;
  // Once: a table draws itself anew for every other frame that it is given.
  const data = useMemo(() => withSettings(frame, fieldConfig, theme), [frame, fieldConfig, theme]);
  const height = HEADER + ROW * Math.max(1, frame.length) + SCROLLBAR;
  const border = `1px solid ${theme.colors.border.weak}`;
  return h(
    'section',
    {
      style: { background: theme.colors.background.primary, border, borderRadius: 2, marginBottom: PADDING },
    },
    h('h2', { style: { fontSize: 14, fontWeight: 500, margin: 0, padding: '8px 12px' } }, title),
    h(TableNG, { data, width: width - 2, height, cellHeight: 'sm', sortBy, structureRev: 1, fieldConfig }),
  );
}

function withSettings(frame, fieldConfig, theme) {
  const [data] = applyFieldOverrides({
    data: [frame],
    fieldConfig,
    fieldConfigRegistry: fieldOptions(fieldConfig),
    replaceVariables: (text) => text,
    theme,
    timeZone: 'utc',
  });
  cacheFieldDisplayNames([data]);
  return data;
}
