import { panelsOf, type Rule, textsIn } from './model.ts';

/** Units that panels and columns may have; a test holds that Grafana knows each. */
export const UNITS: readonly string[] = [
  'none',
  'short',
  'string',
  'percentunit',
  'reqps',
  'decbytes',
  's',
  'ms',
  'ns',
  'dateTimeAsIso',
  'time:YYYY-MM-DD HH:mm:ss.SSS',
];
const SCHEMA_VERSION = 39;

export const PANEL_RULES: readonly Rule[] = [
  {
    name: 'portable',
    *check(all) {
      const uids = all.map(({ uid }) => uid);
      for (const dashboard of all) {
        if (dashboard.id !== null) yield { dashboard, what: 'has an id, which belongs to one Grafana' };
        if (dashboard.schemaVersion !== SCHEMA_VERSION)
          yield { dashboard, what: `schema ${dashboard.schemaVersion}` };
        if (dashboard.__inputs !== undefined)
          yield { dashboard, what: 'has __inputs, which provisioning does not fill' };
        if (!/^mcp-sessionscope-[a-z]+$/.test(dashboard.uid))
          yield { dashboard, what: `uid ${dashboard.uid}` };
        if (uids.filter((uid) => uid === dashboard.uid).length > 1)
          yield { dashboard, what: 'a uid used twice' };
        const ids = dashboard.panels.map(({ id }) => id);
        if (new Set(ids).size !== ids.length) yield { dashboard, what: 'panels with the same id' };
      }
    },
  },
  {
    // The linter wants the contrary; but people look into a panel by editing it.
    name: 'editable',
    *check(all) {
      for (const dashboard of all) if (!dashboard.editable) yield { dashboard, what: 'is not editable' };
    },
  },
  {
    name: 'title-and-description',
    linter: 'panel-title-description-rule',
    *check(all) {
      for (const dashboard of all) {
        if (dashboard.description === undefined) yield { dashboard, what: 'has no description' };
      }
      const seen = new Set<string>();
      for (const { dashboard, panel } of panelsOf(all)) {
        const key = `${dashboard.uid} ${panel.title}`;
        if (panel.title === undefined || panel.title === '') yield { dashboard, panel, what: 'has no title' };
        else if (seen.has(key)) yield { dashboard, panel, what: 'has the title of another panel' };
        seen.add(key);
        if ((panel.description ?? '').length < 20) yield { dashboard, panel, what: 'has no description' };
      }
    },
  },
  {
    name: 'says-what-to-do-when-empty',
    *check(all) {
      for (const { dashboard, panel } of panelsOf(all)) {
        const text = panel.fieldConfig?.defaults.noValue ?? '';
        if (text.length < 20) yield { dashboard, panel, what: 'says nothing when it is empty' };
        else if (panel.description?.endsWith(`Nothing here? ${text}`) !== true) {
          yield { dashboard, panel, what: 'describes another way out than it shows' };
        }
      }
    },
  },
  {
    name: 'units',
    linter: 'panel-units-rule',
    *check(all) {
      for (const { dashboard, panel } of panelsOf(all)) {
        const units: unknown[] = [panel.fieldConfig?.defaults.unit];
        for (const { properties } of panel.fieldConfig?.overrides ?? []) {
          units.push(...properties.filter(({ id }) => id === 'unit').map(({ value }) => value));
        }
        for (const unit of units) {
          if (!UNITS.includes(unit as string)) yield { dashboard, panel, what: `unit ${unit}` };
        }
      }
    },
  },
  {
    name: 'has-queries',
    linter: 'panel-no-targets-rule',
    *check(all) {
      for (const { dashboard, panel } of panelsOf(all)) {
        if ((panel.targets ?? []).length === 0) yield { dashboard, panel, what: 'asks nothing' };
      }
    },
  },
  {
    name: 'colours-of-the-theme',
    *check(all) {
      for (const { dashboard, panel } of panelsOf(all)) {
        for (const text of textsIn({ ...panel, targets: [] })) {
          if (/^(#[0-9a-f]{3,8}|rgba?\(.*)$/i.test(text)) yield { dashboard, panel, what: `colour ${text}` };
        }
      }
    },
  },
];
