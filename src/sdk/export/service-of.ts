import type { TracerProvider } from '@opentelemetry/api';
import { guard } from '../diagnostics/guard.ts';
import type { Service } from '../session-ids.ts';
import { ATTR_SERVICE_NAME, ATTR_SERVICE_NAMESPACE } from '../signals/semconv.ts';
import { delegateOf } from './global-providers.ts';

/** The service whose spans a provider makes, as its resource says; `undefined` where that cannot be seen. */
export function serviceOf(provider: TracerProvider | undefined): Service | undefined {
  if (provider === undefined) return undefined;
  return guard('looking for the service', () => {
    const delegate = delegateOf(provider);
    const resource: unknown = Reflect.get(delegate, '_resource') ?? Reflect.get(delegate, 'resource');
    if (typeof resource !== 'object' || resource === null) return undefined;
    const attributes = attributesOf(resource);
    const name = textOf(attributes.get(ATTR_SERVICE_NAME));
    return name === undefined
      ? undefined
      : { namespace: textOf(attributes.get(ATTR_SERVICE_NAMESPACE)), name };
  });
}

/** SDK 2 complains where somebody reads `attributes` before the detectors have answered. */
function attributesOf(resource: object): Map<string, unknown> {
  const raw: unknown = Reflect.get(resource, 'getRawAttributes');
  const pairs: unknown =
    typeof raw === 'function'
      ? raw.call(resource)
      : Object.entries(Reflect.get(resource, 'attributes') ?? {});
  // The first of a name counts.
  return new Map([...(pairs as [string, unknown][])].reverse());
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
