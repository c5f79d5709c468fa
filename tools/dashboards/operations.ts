import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Dashboard, VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';
import { type Form, only } from './form.ts';
import { dashboard, place, type Section } from './layout.ts';
import { UIDS } from './links.ts';
import { LABELS } from './names.ts';
import { errorsByClient, retries, slowestCalls } from './operations/calls.ts';
import { discovery } from './operations/discovery.ts';
import { p95By, quantiles, slowestTools } from './operations/durations.ts';
import { durations } from './operations/heatmap.ts';
import { errorsBy, errorTypes, inFlight, rateBy, sent, sentDuration } from './operations/rates.ts';
import { CHOSEN, LIST_TOOLS, SERVER, TOOL_CALLS } from './operations/selection.ts';
import { answerSizes, costliestTools } from './operations/sizes.ts';
import { neverCalled, notSeen } from './operations/tools.ts';
import { errorShare, inFlightNow, p95, requests } from './operations/totals.ts';
import { select } from './promql.ts';
import { updateIntervalVariable } from './session-status.ts';
import { TO_SERVERS } from './sides.ts';
import {
  jaegerVariable,
  labelVariable,
  PROCESSES,
  processVariables,
  prometheusVariable,
  spansVariable,
} from './variables.ts';

export function operationsDashboard(form: Form): Dashboard {
  return dashboard({
    uid: UIDS.operations,
    title: 'MCP Operations',
    description: 'Rate, errors and duration of the requests, by method and by tool.',
    from: 'now-6h',
    refresh: '1m',
    variables: variables(form),
    sections: sections(form),
  });
}

function variables(form: Form): Builder<VariableModel>[] {
  const { count } = SERVER;
  return [
    prometheusVariable(),
    spansVariable(form),
    ...processVariables(),
    labelVariable(
      'method',
      'Method',
      'The methods of the protocol.',
      select(count, ...PROCESSES, TO_SERVERS),
      LABELS.method,
    ),
    labelVariable(
      'tool',
      'Tool',
      'The tools that were called; All has the other requests too.',
      select(count, ...PROCESSES, TO_SERVERS),
      LABELS.tool,
    ),
    updateIntervalVariable(),
    jaegerVariable(),
  ];
}

function sections(form: Form): Section[] {
  return [
    {
      panels: [
        place(6, 4, requests()),
        place(6, 4, errorShare()),
        place(6, 4, p95()),
        place(6, 4, inFlightNow()),
      ],
    },
    {
      title: 'Rate',
      panels: [
        place(12, 8, rateBy('method', LABELS.method, CHOSEN)),
        place(12, 8, rateBy('tool', LABELS.tool, TOOL_CALLS)),
      ],
    },
    {
      title: 'Errors',
      panels: [
        place(12, 8, errorsBy('method', LABELS.method, CHOSEN)),
        place(12, 8, errorsBy('tool', LABELS.tool, TOOL_CALLS)),
        place(24, 8, errorTypes()),
        ...only(form, [place(12, 9, errorsByClient()), place(12, 9, retries())]),
      ],
    },
    {
      title: 'Duration',
      panels: [
        place(12, 8, quantiles('Duration of requests', CHOSEN, 'requests')),
        place(12, 8, durations(form)),
        place(12, 8, p95By('method', LABELS.method, CHOSEN)),
        place(12, 8, p95By('tool', LABELS.tool, TOOL_CALLS)),
        place(24, 9, slowestTools()),
        ...only(form, [place(24, 10, slowestCalls())]),
      ],
    },
    {
      title: 'Context cost',
      panels: [place(14, 9, costliestTools()), place(10, 9, answerSizes())],
    },
    {
      title: 'Discovery',
      panels: [
        place(
          8,
          9,
          quantiles('Duration of tools/list', [...PROCESSES, `${LABELS.method}="${LIST_TOOLS}"`], LIST_TOOLS),
        ),
        place(16, 9, discovery(form)),
        ...only(form, [place(12, 9, neverCalled()), place(12, 9, notSeen())]),
      ],
    },
    {
      title: 'In flight, and what servers ask of clients',
      panels: [place(8, 8, inFlight()), place(8, 8, sent()), place(8, 8, sentDuration())],
    },
  ];
}
