import type { DataContextScopedVar, ScopedVars } from '@grafana/data';
import { grafana } from './grafana.ts';
import type { Scope } from './interpolate.ts';

/** What a link of a cell can name: `__data.fields`, `__value`, `__field`, `__series`. */
export function linkScope(scoped: ScopedVars | undefined): Scope {
  const context: DataContextScopedVar['value'] | undefined = scoped?.['__dataContext']?.value;
  if (context === undefined) return {};
  const { frame, field, rowIndex, calculatedValue } = context;
  const value = rowIndex === undefined ? undefined : field.values[rowIndex];
  const display = calculatedValue ?? field.display?.(value);
  return {
    __data: (path) => {
      const name = fieldName(path);
      if (name === undefined || rowIndex === undefined) return undefined;
      const proxy = grafana.getFieldDisplayValuesProxy({ frame, rowIndex });
      const found = proxy[name.key];
      return found === undefined ? '' : String(found[name.of] ?? found);
    },
    __value: (path) => {
      if (path === 'raw') return String(value);
      if (path === 'numeric') return String(display?.numeric);
      if (path === 'time')
        return String(frame.fields.find(({ type }) => type === 'time')?.values[rowIndex ?? 0]);
      return display === undefined ? String(value) : grafana.formattedValueToString(display);
    },
    __field: (path) => (path.startsWith('labels.') ? field.labels?.[path.slice(7)] : field.name),
    __series: () => frame.name ?? '',
  };
}

/** `fields["a.b"]`, `fields.a`, `fields[0]`, and which of the field's values. */
function fieldName(path: string): { key: string; of: 'text' | 'numeric' } | undefined {
  const found = /^fields(?:\["(.+?)"\]|\['(.+?)'\]|\[(\d+)\]|\.([\w-]+))(?:\.(text|numeric))?$/.exec(path);
  if (found === null) return undefined;
  const key = found[1] ?? found[2] ?? found[3] ?? found[4];
  return { key: key as string, of: (found[5] ?? 'text') as 'text' | 'numeric' };
}
