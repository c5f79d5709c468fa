import { LABELS, METRICS } from '../names.ts';
import { timePanel } from '../panels.ts';
import { ASKS_NOBODY, failures, growth, quantile, rate, select, share, sum } from '../promql.ts';
import { rows, series } from '../queries.ts';
import { tablePanel } from '../tables.ts';
import { sortBy } from '../transformations.ts';
import { CHOSEN, CHOSEN_OF_ANY_TOOL, CHOSEN_OF_CLIENTS, CLIENT, NO_METRICS, SERVER } from './selection.ts';

export function rateBy(what: string, label: string, matchers: readonly string[]) {
  return timePanel({
    title: `Requests by ${what}`,
    shows: `Requests per second, by ${what}.`,
    whenEmpty: NO_METRICS,
    unit: 'reqps',
    stacked: true,
    targets: [series(sum([label], rate(select(SERVER.count, ...matchers))), `{{${label}}}`)],
  });
}

export function errorsBy(what: string, label: string, matchers: readonly string[]) {
  const whole = rate(select(SERVER.count, ...matchers));
  return timePanel({
    title: `Error rate by ${what}`,
    shows: `Share of the requests that failed, by ${what}; the caller’s mistakes included.`,
    whenEmpty: NO_METRICS,
    unit: 'percentunit',
    targets: [series(share([label], failures(SERVER.count, matchers, rate), whole), `{{${label}}}`)],
  });
}

export function errorTypes() {
  const { errorType, exceptionType, statusCode, method, tool } = LABELS;
  const of = (...matchers: string[]): string =>
    growth(select(SERVER.count, ...CHOSEN, ...matchers, ASKS_NOBODY));
  const ofClasses = of(`${exceptionType}!=""`);
  const others = [`${errorType}!=""`, `${errorType}="",${statusCode}!=""`];
  const ofTypes = others.map((matchers) => of(`${exceptionType}=""`, matchers)).join(' or ');
  // Older series have the class as their type: it takes the place of the class where there is none.
  const typed = `${ofClasses} or label_join(${ofTypes}, "${exceptionType}", "", "${errorType}")`;
  return tablePanel({
    title: 'Error types',
    shows:
      'What failed in the time range, the most frequent first. Type is the class of an exception where there was one, else tool_error where a tool said so itself, a JSON-RPC code, cancelled, or connection_closed; a code without a type is the caller’s doing: an unknown method or tool, wrong parameters. An answer that asks the user to open a URL is no failure.',
    whenEmpty: `Then nothing failed in the time range, if there are requests at all. Else: ${NO_METRICS}`,
    unit: 'short',
    targets: [rows(`${sum([exceptionType, statusCode, method, tool], typed)} > 0`)],
    transformations: [sortBy('Value', true)],
    shown: [
      { field: exceptionType, title: 'Type' },
      { field: statusCode, title: 'Code' },
      { field: method, title: 'Method' },
      { field: tool, title: 'Tool' },
      { field: 'Value', title: 'Count', unit: 'short', steps: [[null, 'red']] },
    ],
  });
}

export function inFlight() {
  const open = select(METRICS.activeOperations, ...CHOSEN_OF_ANY_TOOL);
  return timePanel({
    title: 'In flight by method',
    shows: 'Requests that are being handled, by method. A line that only rises is a handler that hangs.',
    whenEmpty: NO_METRICS,
    unit: 'short',
    stacked: true,
    targets: [series(sum([LABELS.method], open), `{{${LABELS.method}}}`)],
  });
}

export function sent() {
  return timePanel({
    title: 'Requests to clients by method',
    shows: 'What the servers send: sampling, elicitation, roots, and notifications; per second.',
    whenEmpty: `Servers may send nothing. ${NO_METRICS}`,
    unit: 'reqps',
    stacked: true,
    targets: [
      series(sum([LABELS.method], rate(select(CLIENT.count, ...CHOSEN_OF_CLIENTS))), `{{${LABELS.method}}}`),
    ],
  });
}

export function sentDuration() {
  return timePanel({
    title: 'p95 duration of requests to clients',
    shows: 'How long clients take to answer what servers ask of them, by method; people answer elicitation.',
    whenEmpty: `Servers may send nothing. ${NO_METRICS}`,
    unit: 's',
    targets: [
      series(
        quantile(0.95, [LABELS.method], rate(select(CLIENT.bucket, ...CHOSEN_OF_CLIENTS))),
        `{{${LABELS.method}}}`,
      ),
    ],
  });
}
