import { cellLinks, type DashboardJson, type PanelJson, panelsOf, type Rule } from './model.ts';

/** Where a link may lead outside Grafana: to Jaeger. */
const OUTSIDE = /^\$\{jaeger_url:raw\}\/(search\?|trace\/)/;
const EXPLORE = '/explore?';

export const LINK_RULES: readonly Rule[] = [
  {
    name: 'links-lead-somewhere',
    *check(all) {
      for (const { dashboard, panel } of panelsOf(all)) {
        for (const { url = '' } of cellLinks(panel)) {
          for (const what of problemsOf(url, all)) yield { dashboard, panel, what };
        }
      }
      for (const dashboard of all) {
        for (const { url = '', keepTime } of dashboard.links ?? []) {
          for (const what of problemsOf(url, all, keepTime === true)) yield { dashboard, what };
        }
      }
    },
  },
  {
    name: 'links-name-fields-of-the-table',
    *check(all) {
      for (const { dashboard, panel } of panelsOf(all)) {
        const fields = titlesOf(panel);
        for (const { url = '' } of cellLinks(panel)) {
          for (const [, named] of url.matchAll(/\$\{__data\.fields\.([^:}]+)/g)) {
            if (!fields.includes(named as string))
              yield { dashboard, panel, what: `a link names the field ${named}` };
          }
        }
      }
    },
  },
  {
    name: 'links-encode-what-they-fill-in',
    *check(all) {
      for (const { dashboard, panel } of panelsOf(all)) {
        for (const { url = '' } of cellLinks(panel)) {
          const query = url.slice(url.indexOf('?'));
          for (const [placeholder] of query.matchAll(/\$\{__(?:value|data)[^}]*\}/g)) {
            if (url.includes('?') && !placeholder.endsWith(':percentencode}')) {
              yield { dashboard, panel, what: `${placeholder} as it is` };
            }
          }
        }
      }
    },
  },
  {
    name: 'dashboards-are-linked',
    *check(all) {
      for (const dashboard of all) {
        const urls = (dashboard.links ?? []).map(({ url = '' }) => url);
        for (const { uid } of all) {
          if (uid !== dashboard.uid && !urls.some((url) => url.startsWith(`/d/${uid}?`))) {
            yield { dashboard, what: `does not link to ${uid}` };
          }
        }
      }
    },
  },
  {
    name: 'links-pass-data-sources',
    *check(all) {
      for (const dashboard of all) {
        const sources = dashboard.templating.list.filter(({ type }) => type === 'datasource');
        for (const { url = '' } of dashboard.links ?? []) {
          for (const { name } of sources) {
            if (!url.includes(`\${${name}:queryparam}`))
              yield { dashboard, what: `a link on top loses ${name}` };
          }
        }
      }
    },
  },
];

function* problemsOf(url: string, all: readonly DashboardJson[], keepsTime = false): Generator<string> {
  if (OUTSIDE.test(url) || url.startsWith(EXPLORE)) return;
  const [, uid] = /^\/d\/([\w-]+)\?/.exec(url) ?? [];
  const target = all.find((each) => each.uid === uid);
  if (target === undefined) {
    yield `a link to ${url}`;
    return;
  }
  const defined = target.templating.list.map(({ name }) => name);
  for (const [, set, passed] of url.matchAll(/[?&]var-(\w+)=|\$\{(\w+):queryparam\}/g)) {
    const name = (set ?? passed) as string;
    if (!defined.includes(name)) yield `a link sets ${name}, which ${uid} does not have`;
  }
  if (!keepsTime && !url.includes('${__url_time_range}')) yield 'a link loses the time range';
}

/** The titles of the columns of a table, each of which has settings. */
function titlesOf({ fieldConfig }: PanelJson): string[] {
  const named = (fieldConfig?.overrides ?? []).filter(({ matcher }) => matcher.id === 'byName');
  return named.map(({ matcher }) => String(matcher.options));
}
