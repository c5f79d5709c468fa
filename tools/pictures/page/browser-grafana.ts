/** Stands in the page for `stack-test/panels/grafana.ts`, which loads Grafana's library as Node.js does. */
export * as grafana from '@grafana/data';
