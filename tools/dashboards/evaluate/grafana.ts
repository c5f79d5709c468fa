import { createRequire } from 'node:module';

type Grafana = typeof import('@grafana/data');

/**
 * Grafana's own library of transformations, field overrides and links. Its build for bundlers does not run in Node.js,
 * hence `require`.
 */
export const grafana: Grafana = createRequire(import.meta.url)('@grafana/data');

// Some of its functions look at the page that they believe to be on, long after they were loaded.
const page = globalThis as { window?: unknown; navigator?: unknown };
page.window ??= globalThis;
page.navigator ??= { language: 'en-US', languages: ['en-US'], userAgent: '' };

const transformers = new Map(Object.values(grafana.standardTransformers).map((info) => [info.id, info]));
grafana.standardTransformersRegistry.setInit(() =>
  [...transformers.values()].map(
    // What is left out is for the editor of dashboards.
    (info) => ({ id: info.id, name: info.name, transformation: async () => info }) as never,
  ),
);

grafana.locationUtil.initialize({
  config: { appSubUrl: '' } as never,
  getVariablesUrlParams: () => ({}),
  getTimeRangeForUrl: () => ({ from: '', to: '' }),
});
