import { FIELD_RULES } from './field-rules.ts';
import { LINK_RULES } from './link-rules.ts';
import type { DashboardJson, Problem, Rule } from './model.ts';
import { PANEL_RULES } from './panel-rules.ts';
import { QUERY_RULES } from './query-rules.ts';
import { SQL_RULES } from './sql-rules.ts';
import { VARIABLE_RULES } from './variable-rules.ts';

/** What holds for every dashboard of the package. */
export const RULES: readonly Rule[] = [
  ...PANEL_RULES,
  ...VARIABLE_RULES,
  ...QUERY_RULES,
  ...SQL_RULES,
  ...FIELD_RULES,
  ...LINK_RULES,
];

/** What is wrong with these dashboards, which are all there are of a form. */
export function lint(all: readonly DashboardJson[]): Problem[] {
  return RULES.flatMap((rule) =>
    [...rule.check(all)].map(({ dashboard, panel, what }) => ({
      rule: rule.name,
      where: panel === undefined ? dashboard.title : `${dashboard.title} / ${panel.title}`,
      what,
    })),
  );
}
