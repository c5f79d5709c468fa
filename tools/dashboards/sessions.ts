import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Dashboard, VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Form } from './form.ts';
import { dashboard, place, type Section } from './layout.ts';
import { UIDS } from './links.ts';
import { STATUS, updateIntervalVariable } from './session-status.ts';
import { active, byClient, calls, duration, errorRate } from './sessions/metrics.ts';
import { started, startsOverTime } from './sessions/starts.ts';
import { sessionsByErrors, sessionTable } from './sessions/tables.ts';
import {
  choiceVariable,
  jaegerVariable,
  prometheusVariable,
  serviceVariable,
  spansVariable,
  textVariable,
} from './variables.ts';

export function sessionsDashboard(form: Form): Dashboard {
  return dashboard({
    uid: UIDS.sessions,
    title: 'MCP Sessions',
    description:
      'Every client session of the MCP servers: who, since when, how many calls and errors, which tools.',
    from: 'now-6h',
    refresh: '1m',
    variables: variables(form),
    sections: sections(form),
  });
}

function variables(form: Form): Builder<VariableModel>[] {
  return [
    spansVariable(form),
    prometheusVariable(),
    serviceVariable(form),
    textVariable(
      'session',
      'Session id',
      'A part of the session id. With ClickHouse also of the id of one of its parts, of its conversation, or of its protocol session.',
    ),
    textVariable('client', 'Client', "A part of the client's name."),
    textVariable('tool', 'Tool', 'A part of the name of a tool that the session called.'),
    choiceVariable('status', 'Status', 'Sessions of this status only.', {
      All: `[${STATUS.ended}-${STATUS.lost}]`,
      active: String(STATUS.active),
      ended: String(STATUS.ended),
      lost: String(STATUS.lost),
    }),
    updateIntervalVariable(),
    jaegerVariable(),
  ];
}

function sections(form: Form): Section[] {
  return [
    {
      panels: [
        place(4, 4, active()),
        place(4, 4, started(form)),
        place(4, 4, duration('Median session duration', 0.5)),
        place(4, 4, duration('p95 session duration', 0.95)),
        place(4, 4, calls()),
        place(4, 4, errorRate()),
        place(16, 7, startsOverTime(form)),
        place(8, 7, byClient()),
      ],
    },
    { panels: [place(24, 18, sessionTable(form))] },
    ...(form === 'clickhouse' ? [{ panels: [place(24, 9, sessionsByErrors())] }] : []),
  ];
}
