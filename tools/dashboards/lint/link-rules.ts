import {
  cellLinks,
  type DashboardJson,
  type LinkJson,
  type PanelJson,
  panelsOf,
  type Rule,
} from './model.ts';

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
        for (const link of dashboard.links ?? []) {
          for (const what of problemsOfTop(link, all)) yield { dashboard, what };
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
        if (!(dashboard.links ?? []).some(({ type }) => type === 'dashboards')) {
          yield { dashboard, what: 'does not link to the other dashboards' };
        }
      }
    },
  },
];

function* problemsOf(url: string, all: readonly DashboardJson[]): Generator<string> {
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
  if (!url.includes('${__url_time_range}')) yield 'a link loses the time range';
}

function* problemsOfTop(
  { type, tags = [], url = '' }: LinkJson,
  all: readonly DashboardJson[],
): Generator<string> {
  const shared = all.every((each) => tags.every((tag) => (each as { tags?: string[] }).tags?.includes(tag)));
  if (type === 'dashboards' && (tags.length === 0 || !shared)) yield `a link to dashboards tagged ${tags}`;
  if (type === 'link') yield* problemsOf(url, all);
}

/** The titles that the columns of a table have. */
function titlesOf({ transformations = [] }: PanelJson): string[] {
  const { options } = transformations.findLast(({ id }) => id === 'organize') ?? {};
  return Object.values((options?.renameByName ?? {}) as Record<string, string>);
}
