import type { FieldConfigOptionsRegistry, FieldConfigSource } from '@grafana/data';
import { grafana } from './grafana.ts';

type Item = Parameters<FieldConfigOptionsRegistry['register']>[0];

/** What a field can be set to in every panel, as far as dashboards here use it, and how a setting is read. */
const STANDARD: Record<string, Item['process']> = {
  displayName: grafana.displayNameOverrideProcessor,
  unit: grafana.unitOverrideProcessor,
  decimals: grafana.numberOverrideProcessor,
  min: grafana.numberOverrideProcessor,
  max: grafana.numberOverrideProcessor,
  noValue: grafana.stringOverrideProcessor,
  description: grafana.stringOverrideProcessor,
  mappings: grafana.valueMappingsOverrideProcessor as Item['process'],
  thresholds: grafana.thresholdsOverrideProcessor as Item['process'],
  links: grafana.dataLinksOverrideProcessor as Item['process'],
  color: grafana.identityOverrideProcessor,
  filterable: grafana.identityOverrideProcessor,
  actions: grafana.identityOverrideProcessor,
};

/**
 * The settings of a panel: the ones above, and its own, which are named `custom.*`.
 *
 * @throws where the panel sets something that Grafana would pass over.
 */
export function fieldOptions({ defaults, overrides }: FieldConfigSource): FieldConfigOptionsRegistry {
  const used = [
    ...Object.keys(defaults).filter((name) => name !== 'custom'),
    ...Object.keys(defaults.custom ?? {}).map((name) => `custom.${name}`),
    ...overrides.flatMap(({ properties }) => properties.map(({ id }) => id)),
  ];
  const unknown = used.filter((id) => !id.startsWith('custom.') && STANDARD[id] === undefined);
  if (unknown.length > 0) throw new Error(`Grafana has no such setting of a field: ${unknown.join(', ')}`);
  const registry = new grafana.FieldConfigOptionsRegistry();
  for (const [id, process] of Object.entries(STANDARD)) registry.register(item(id, id, process));
  for (const id of new Set(used.filter((name) => name.startsWith('custom.')))) {
    registry.register({
      ...item(id, id.slice('custom.'.length), grafana.identityOverrideProcessor),
      isCustom: true,
    });
  }
  return registry;
}

function item(id: string, path: string, process: Item['process']): Item {
  const nothing = (): null => null;
  return { id, path, name: id, process, shouldApply: () => true, editor: nothing, override: nothing };
}
