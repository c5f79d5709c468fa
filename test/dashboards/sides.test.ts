import { expect, test } from '@jest/globals';
import { isRequestToClient, isRequestToServer, specMethods } from '../../src/sdk/protocol/methods.ts';
import { alertRules } from '../../tools/dashboards/alerts/rules.ts';
import { dashboards } from '../../tools/dashboards/files.ts';
import { FORMS } from '../../tools/dashboards/form.ts';
import { LABELS } from '../../tools/dashboards/names.ts';
import { NOTIFICATIONS, TO_CLIENTS, TO_SERVERS } from '../../tools/dashboards/sides.ts';

/** What a matcher leaves of all methods. */
function left(matcher: string): string[] {
  const [, pattern] = /^mcp_method_name!~"(.+)"$/.exec(matcher) ?? [];
  return specMethods().filter((method) => !new RegExp(`^(?:${pattern})$`).test(method));
}

test('every method can be asked of the side that it is counted on, and of no other alone', () => {
  const isTold = (method: string): boolean => method.startsWith('notifications/');
  const hears = new Map<string, string>(Object.entries(NOTIFICATIONS));
  expect(specMethods().filter((method) => isTold(method) && !hears.has(method))).toEqual([
    'notifications/cancelled',
    'notifications/progress',
    'notifications/tasks/status',
  ]);
  const isAskedOf = (side: string, isRequest: (method: string) => boolean) => (method: string) =>
    isTold(method) ? (hears.get(method) ?? side) === side : isRequest(method);
  expect(left(TO_SERVERS)).toEqual(specMethods().filter(isAskedOf('server', isRequestToServer)));
  expect(left(TO_CLIENTS)).toEqual(specMethods().filter(isAskedOf('client', isRequestToClient)));
});

test('no panel, variable or alert about servers counts what clients are asked, and the other way round', () => {
  const texts = FORMS.map((form) => JSON.stringify(dashboards(form)).replaceAll('\\"', '"'));
  texts.push(...alertRules().map(({ expression }) => expression));
  const selections = texts.flatMap((text) => [
    ...text.matchAll(
      /mcp_(?<side>server|client)_operation_(?:duration_seconds_(?:bucket|count|sum)|active)(?:\{(?<matchers>[^{}]*)\})?/g,
    ),
  ]);
  const ofSide = (side: string) => selections.filter(({ groups }) => groups?.['side'] === side);
  expect(ofSide('server').length).toBeGreaterThan(50);
  expect(ofSide('client').length).toBeGreaterThan(3);
  const wanted: Record<string, readonly string[]> = {
    // Only servers have tools.
    server: [TO_SERVERS, `${LABELS.tool}!=""`, `${LABELS.method}="tools/list"`],
    client: [TO_CLIENTS],
  };
  const without = selections.filter(
    ({ groups }) => !wanted[groups!['side']!]!.some((matcher) => groups!['matchers']?.includes(matcher)),
  );
  expect(without.map(([selection]) => selection)).toEqual([]);
});
