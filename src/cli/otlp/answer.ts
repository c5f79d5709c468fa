import type { IncomingHttpHeaders } from 'node:http';
import { visible } from '../../explorer/text/visible.ts';
import { hiderOf, withoutSecrets } from '../../sdk/config/shown.ts';
import {
  explainStatus,
  type Finding,
  isPageText,
  isPassing,
  partialSuccessOf,
} from '../../sdk/diagnostics/failures.ts';

/** What a receiver answered, as far as it is known. */
export interface OtlpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What was taken, with what the receiver says it did not keep. */
export interface Accepted {
  readonly status: 'accepted';
  /** Spans, data points or log records that it threw away. */
  readonly rejected: number;
  /** Its words; a warning where nothing was rejected. */
  readonly message: string | undefined;
}

export type Judgement =
  | Accepted
  /** Nothing was taken; the same may be tried again, after so long where the receiver says so. */
  | { readonly status: 'retry'; readonly afterMs: number | undefined; readonly finding: Finding }
  /** Nothing was taken, and trying again does not help. */
  | { readonly status: 'refused'; readonly finding: Finding };

const MAX_EXCERPT = 200;
/** Of an answer, characters that are looked at for what its excerpt would show. */
const MAX_READ = 4_096;

/** Takes secrets out of a text. */
type Hide = (text: string) => string;

/** What takes out of an answer what was sent with the request: some receivers and proxies repeat the headers. */
export function hiderOfSent(headers: Readonly<Record<string, string>>): Hide {
  return hiderOf(Object.values(headers));
}

/** What the answer of an OTLP/HTTP receiver means. */
export function judgeAnswer(
  answer: OtlpAnswer,
  url: URL,
  now: number,
  hide: Hide = withoutSecrets,
): Judgement {
  const { status, headers } = answer;
  if (isPassing(status)) {
    const afterMs = retryAfterMs(headers['retry-after'], now);
    return { status: 'retry', afterMs, finding: explainAnswer(answer, url, hide) };
  }
  const isTaken = status >= 200 && status < 300 && !isWebPage(answer);
  return isTaken
    ? acceptedBy(answer.body, hide)
    : { status: 'refused', finding: explainAnswer(answer, url, hide) };
}

/** What a status other than success means, or a success that is none: a web page. */
export function explainAnswer(answer: OtlpAnswer, url: URL, hide: Hide = withoutSecrets): Finding {
  const { status, headers, body } = answer;
  const location = headers.location === undefined ? undefined : visible(hide(headers.location));
  const { what, fix } = explainStatus({ status, isPage: isWebPage(answer), location, body, url });
  return { what: `${url.origin}${url.pathname} ${what}${excerpt(answer, hide)}`, fix };
}

/** Whether people are meant to read it. */
export function isWebPage({ headers, body }: OtlpAnswer): boolean {
  return /\bhtml\b/i.test(headers['content-type'] ?? '') || isPageText(body);
}

function acceptedBy(body: string, hide: Hide): Accepted {
  const { rejected, message } = partialSuccessOf(body);
  return {
    status: 'accepted',
    rejected,
    message: message === undefined ? undefined : visible(hide(message)),
  };
}

function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const time = Date.parse(header);
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}

function excerpt(answer: OtlpAnswer, hide: Hide): string {
  const text = hide(answer.body.slice(0, MAX_READ)).replace(/\s+/g, ' ').trim();
  if (text === '' || text === '{}' || isWebPage(answer)) return '';
  return `: ${visible(text.length > MAX_EXCERPT ? `${text.slice(0, MAX_EXCERPT)}…` : text)}`;
}
