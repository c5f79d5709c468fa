import { NOTIFICATION, URL_REQUIRED } from '../../../src/explorer/sessions/outcome.ts';
import { specMethods } from '../../../src/sdk/protocol/methods.ts';
import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { attribute, hasAttribute, oneOf, quoted } from './parts.ts';

/** The rules by which the Sessions page tells requests and failures (`src/explorer/sessions/outcome.ts`), in SQL. */

const METHOD = attribute(semconv.ATTR_MCP_METHOD_NAME);
const TYPE = attribute(semconv.ATTR_ERROR_TYPE);
const EXCEPTION = attribute(semconv.ATTR_EXCEPTION_TYPE);
const REQUESTS = specMethods().filter((method) => !method.startsWith(NOTIFICATION));
const CODE = attribute(semconv.ATTR_RPC_RESPONSE_STATUS_CODE);
const WENT_WRONG = `(StatusCode = 'Error' OR ${CODE} != '')`;
const WAS_CANCELLED = `${TYPE} = '${semconv.ERROR_TYPE_CANCELLED}'`;

/** What the column Status of requests holds; the names are those of the page. */
export const OUTCOMES = { ok: 0, error: 1, cancelled: 2, url_required: 3 } as const;

/** The answer asks for a step of the user. */
export const ASKS_USER = `${CODE} = ${quoted(URL_REQUIRED)}`;

/** How the message of a span ended: whatever has a code went wrong, though its span may not say so. */
export const OUTCOME = `multiIf(${WAS_CANCELLED}, ${OUTCOMES.cancelled}, NOT ${WENT_WRONG}, ${OUTCOMES.ok}, ${ASKS_USER}, ${OUTCOMES.url_required}, ${OUTCOMES.error})`;

/** Of requests: it failed. */
export const FAILED = `(${OUTCOME} = ${OUTCOMES.error})`;

/** Of requests: it went well. */
export const SUCCEEDED = `(${OUTCOME} = ${OUTCOMES.ok})`;

/** No span of an instrumented client's side: it has spans of the kind SERVER for what a server asks of it. */
export const OF_SERVERS = `NOT ${hasAttribute(semconv.ATTR_MCP_CLIENT_CONNECTION_ID)}`;

/** Requests that clients sent, as against notifications, requests of the server, and spans of its own code. */
export const RECEIVED: readonly string[] = [
  "SpanKind = 'Server'",
  `${METHOD} != ''`,
  OF_SERVERS,
  `NOT startsWith(${METHOD}, ${quoted(NOTIFICATION)})`,
  // Others do not record ids; what this package recorded without one is a notification, unless its name says otherwise.
  `(${[
    hasAttribute(semconv.ATTR_JSONRPC_REQUEST_ID),
    hasAttribute(semconv.ATTR_MCP_REQUEST_ID),
    `NOT ${hasAttribute(semconv.ATTR_MCP_CLIENT_SESSION_SOURCE)}`,
    oneOf(METHOD, REQUESTS),
  ].join(' OR ')})`,
];

/** Requests that failed. What fails inside of them is the same failure, or none. */
export const FAILURES: readonly string[] = [...RECEIVED, FAILED];

/**
 * What kind of error it was, if it has a type. Of a failed tool the class of the exception, where there was one: older
 * spans have it as `error.type`, newer ones beside it.
 */
export const ERROR_TYPE = `if(${TYPE} = '${semconv.ERROR_TYPE_TOOL}' AND ${EXCEPTION} != '', ${EXCEPTION}, ${TYPE})`;

/** Failures that session spans do not count: they were never answered. */
export const WAS_CUT_OFF = `${TYPE} = '${semconv.ERROR_TYPE_CONNECTION_CLOSED}'`;
