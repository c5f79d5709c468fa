/** Reads one variable of the environment, and says what it takes where its value is wrong. */
export type Read = <T>(name: string, takes: string, parse: (value: string) => T | undefined) => T | undefined;

/** How much a span may hold, as OpenTelemetry's SDK takes it. */
export interface SpanLimits {
  attributeValueLengthLimit: number;
  attributeCountLimit: number;
  linkCountLimit: number;
  eventCountLimit: number;
  attributePerEventCountLimit: number;
  attributePerLinkCountLimit: number;
}

/** By limit: the variables that set it, the stronger one first, and what holds without them. */
const LIMITS: Readonly<Record<keyof SpanLimits, { names: readonly string[]; otherwise: number }>> = {
  attributeValueLengthLimit: {
    names: ['OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT'],
    otherwise: Number.POSITIVE_INFINITY,
  },
  attributeCountLimit: {
    names: ['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
    otherwise: 128,
  },
  linkCountLimit: { names: ['OTEL_SPAN_LINK_COUNT_LIMIT'], otherwise: 128 },
  eventCountLimit: { names: ['OTEL_SPAN_EVENT_COUNT_LIMIT'], otherwise: 128 },
  attributePerEventCountLimit: { names: ['OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT'], otherwise: 128 },
  attributePerLinkCountLimit: { names: ['OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT'], otherwise: 128 },
};

/** The SDK would read them too, and take a negative number for one that leaves out everything. */
export function readSpanLimits(read: Read): SpanLimits {
  const limits = Object.entries(LIMITS).map(([limit, { names, otherwise }]) => {
    const values = names.map((name) => read(name, 'a whole number from 0', countFrom0));
    return [limit, values.find((value) => value !== undefined) ?? otherwise];
  });
  return Object.fromEntries(limits) as SpanLimits;
}

function countFrom0(value: string): number | undefined {
  const number = Number(value);
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
