import { LABELS, METRICS } from '../names.ts';
import { timePanel } from '../panels.ts';
import { growth, quantile, rate, select, sum } from '../promql.ts';
import { rows, series } from '../queries.ts';
import { tablePanel } from '../tables.ts';
import { joinBy, sortBy } from '../transformations.ts';
import { NO_METRICS, TOOL_CALLS } from './selection.ts';

const { requestSize: REQUEST, responseSize: RESPONSE } = METRICS;

/** What calls of the tools take of the context of models. */
export function costliestTools() {
  const by = [LABELS.tool];
  const of = (metric: string): string => sum(by, growth(select(metric, ...TOOL_CALLS)));
  const answers = growth(select(RESPONSE.bucket, ...TOOL_CALLS));
  return tablePanel({
    title: 'Tools that cost most',
    shows:
      'Bytes of the calls in the time range and of their answers, as JSON, and what a model reads of them: an estimate, four bytes a token. The costliest first. Median and p95 of an answer are estimated within the buckets of the histogram.',
    whenEmpty: `No tool was called, or by servers that do not record sizes. ${NO_METRICS}`,
    unit: 'decbytes',
    targets: [
      rows(`${of(RESPONSE.count)} > 0`, 'A'),
      rows(of(REQUEST.sum), 'B'),
      rows(of(RESPONSE.sum), 'C'),
      rows(quantile(0.5, by, answers), 'D'),
      rows(quantile(0.95, by, answers), 'E'),
      rows(`(${of(REQUEST.sum)} + ${of(RESPONSE.sum)}) / 4`, 'F'),
    ],
    transformations: [joinBy(LABELS.tool), sortBy('Value #F', true)],
    shown: [
      { field: LABELS.tool, title: 'Tool' },
      { field: 'Value #A', title: 'Answers', unit: 'short' },
      { field: 'Value #B', title: 'Sent', unit: 'decbytes' },
      { field: 'Value #C', title: 'Answered', unit: 'decbytes' },
      { field: 'Value #D', title: 'Median answer', unit: 'decbytes' },
      { field: 'Value #E', title: 'p95 answer', unit: 'decbytes' },
      { field: 'Value #F', title: 'Estimated tokens', unit: 'short' },
    ],
  });
}

export function answerSizes() {
  const bytes = rate(select(RESPONSE.sum, ...TOOL_CALLS));
  return timePanel({
    title: 'Estimated tokens by tool',
    shows:
      'What models read of the answers of the tools each second: an estimate, four bytes of the JSON a token.',
    whenEmpty: NO_METRICS,
    unit: 'short',
    targets: [series(`${sum([LABELS.tool], bytes)} / 4`, `{{${LABELS.tool}}}`)],
  });
}
