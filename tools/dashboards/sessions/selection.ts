import { ATTR_SERVICE_NAME } from '../../../src/sdk/signals/semconv.ts';
import { FORM_NAMES, type Form } from '../form.ts';
import { resource } from '../tempo/traceql.ts';

/** Spans of the services that are chosen, in TraceQL. */
export const SERVICE_SPANS = `${resource(ATTR_SERVICE_NAME)} =~ \`\${service:regex}\``;

export function noSpans(form: Form): string {
  return `Widen the time range and clear the filters. Sessions show as soon as a client sent its first request; check with "mcp-sessionscope doctor" that spans reach the collector and ${FORM_NAMES[form]}.`;
}
