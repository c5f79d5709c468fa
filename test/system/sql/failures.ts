import { URL_REQUIRED_TEXT } from '../../../src/explorer/text/url-required.ts';
import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { OUTCOMES } from '../../../tools/dashboards/sql/outcome.ts';
import { call, type Fault, message, reported, shows, visitOf } from './fault.ts';
import { type SpanRow, span, type Visit } from './spans.ts';

const { ok, error, cancelled, url_required: asking } = OUTCOMES;
const COUNTS = ['Calls', 'Errors'];
const ENDING = ['Status', 'Error', 'Message'];

/** The answer that asks the user to open a URL. */
const ask = (visit: Visit, at: number): SpanRow =>
  call(visit, at, '-32042', { [semconv.ATTR_RPC_RESPONSE_STATUS_CODE]: '-32042' });

/** Recorded by this package. */
const OWN = { [semconv.ATTR_MCP_CLIENT_SESSION_SOURCE]: 'protocol' };

const nested = visitOf('nested');
const noIds = visitOf('no ids');
const asks = visitOf('asks');
const onlyAsks = visitOf('only asks');
const cutOff = visitOf('cut off');
const classes = visitOf('classes');
const abandoned = visitOf('abandoned');

/** What counts as a failure, how often, and by which name. */
export const FAILURES: readonly Fault[] = [
  {
    name: 'what fails inside of a request is the same failure',
    spans: (at) => [
      call(nested, at, semconv.ERROR_TYPE_TOOL),
      span(nested, { name: 'charge', at: at + 1, attributes: {}, kind: 'Internal', status: 'Error' }),
      message(nested, 'sampling/createMessage', at + 2, { kind: 'Client', errorType: '-32603' }),
      reported(nested, [at, at + 100], [1, 1]),
    ],
    panels: [
      shows('session', 'Errors', 'nested', ['Event'], [['tools/call']]),
      shows('session', 'Session', 'nested', COUNTS, [[1, 1]]),
      shows('sessions', 'Sessions by errors', 'nested', COUNTS, [[1, 1]]),
      shows('operations', 'Errors by tool and client version', 'nested', COUNTS, [[1, 1]]),
    ],
  },
  {
    name: 'requests of others have no ids, and are calls all the same',
    spans: (at) => [
      call(noIds, at),
      call(noIds, at + 10, 'TypeError'),
      message(noIds, 'notifications/told', at + 20, { errorType: 'TypeError' }),
      message(noIds, 'acme/asked', at + 30, { errorType: 'TypeError' }),
      message(noIds, 'acme/told', at + 40, { errorType: 'TypeError', attributes: OWN }),
    ],
    panels: [
      shows('session', 'Errors', 'no ids', ['Event'], [['tools/call'], ['acme/asked']]),
      shows('session', 'Latency by tool', 'no ids', ['Tool', 'Calls'], [['pay', 2]]),
      shows('operations', 'Errors by tool and client version', 'no ids', COUNTS, [[2, 1]]),
      shows('operations', 'Slowest calls', 'no ids', ['Status'], [[error], [ok]]),
    ],
  },
  {
    name: 'an answer that asks the user to open a URL is no failure',
    spans: (at) => [
      ask(asks, at),
      call(asks, at + 10, 'TypeError'),
      ask(asks, at + 20),
      call(asks, at + 30),
      reported(asks, [at, at + 100], [4, 3]),
      // The report does not count it yet.
      ask(asks, at + 200),
      ask(onlyAsks, at),
      reported(onlyAsks, [at, at + 100], [1, 1], 'end'),
    ],
    panels: [
      shows('session', 'Session', 'asks', COUNTS, [[4, 1]]),
      shows('session', 'Errors', 'asks', ENDING, [[error, 'TypeError', null]]),
      shows('session', 'Events', 'asks', ENDING, [
        [asking, null, URL_REQUIRED_TEXT],
        [error, 'TypeError', null],
        [asking, null, URL_REQUIRED_TEXT],
        [ok, null, null],
        [asking, null, URL_REQUIRED_TEXT],
      ]),
      shows('operations', 'Errors by tool and client version', 'asks', COUNTS, [[5, 1]]),
      shows('operations', 'Retries', 'asks', ['Tries', 'Recovered after'], [[3, 20]]),
      shows('sessions', 'Sessions', 'only asks', COUNTS, [[1, 0]]),
      shows('sessions', 'Sessions by errors', 'only asks', COUNTS, []),
      shows('session', 'Errors', 'only asks', ENDING, []),
    ],
  },
  {
    name: 'a request that was never answered is a failure, though its session does not count it',
    spans: (at) => [
      reported(cutOff, [at, at + 100], [1, 0], 'end'),
      call(cutOff, at + 10, semconv.ERROR_TYPE_CONNECTION_CLOSED),
    ],
    panels: [
      shows('sessions', 'Sessions', 'cut off', COUNTS, [[1, 1]]),
      shows('session', 'Errors', 'cut off', ['Event'], [['tools/call']]),
    ],
  },
  {
    name: 'the class of an exception stands beside the type, or in its place',
    spans: (at) => [
      call(classes, at, semconv.ERROR_TYPE_TOOL, { [semconv.ATTR_EXCEPTION_TYPE]: 'RangeError' }),
      call(classes, at + 10, 'RangeError'),
      call(classes, at + 20, semconv.ERROR_TYPE_TOOL),
      call(classes, at + 30, '-32603', { [semconv.ATTR_EXCEPTION_TYPE]: 'TypeError' }),
      call(classes, at + 40),
    ],
    panels: [
      shows(
        'session',
        'Errors',
        'classes',
        ['Error'],
        [['RangeError'], ['RangeError'], [semconv.ERROR_TYPE_TOOL], ['-32603']],
      ),
      shows('operations', 'Retries', 'classes', ['Error', 'Tries'], [['RangeError', 5]]),
    ],
  },
  {
    name: 'a request whose handler went on for long after it was cancelled was cancelled',
    spans: (at) => [
      call(abandoned, at, semconv.ERROR_TYPE_CANCELLED, { [semconv.ATTR_MCP_REQUEST_ABANDONED]: 'true' }),
      call(abandoned, at + 10, semconv.ERROR_TYPE_CANCELLED),
    ],
    panels: [
      shows('session', 'Events', 'abandoned', ENDING, [
        [cancelled, 'cancelled', 'its handler went on after it was cancelled'],
        [cancelled, 'cancelled', null],
      ]),
      shows('session', 'Errors', 'abandoned', ENDING, []),
    ],
  },
];
