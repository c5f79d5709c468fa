import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { BodyReader } from './body.ts';
import type { Ending, Exchange } from './exchange.ts';
import { createMessageReader, type ReadMessage } from './message-reader.ts';
import { followAnswer } from './outflow.ts';

/** An HTTP request that is being passed on, and what is read of it: each chunk when it has gone on. */
export class Passage {
  readonly #exchange: Exchange | undefined;
  readonly #response: ServerResponse;
  #asking: BodyReader | undefined;
  #answering: BodyReader | undefined;
  /** Reads what has come of the answer. */
  #catchUp: (() => void) | undefined;
  #isWhole = false;

  constructor(exchange: Exchange | undefined, response: ServerResponse) {
    this.#exchange = exchange;
    this.#response = response;
  }

  /** Before the body of the request flows. A second listener may come only once the first is there. */
  readAsked(request: IncomingMessage): void {
    const exchange = this.#exchange;
    if (exchange === undefined) return;
    const messages: ReadMessage[] = [];
    const reader = createMessageReader(request.headers, {
      message: (read) => messages.push(read),
      end: () => exchange.asked(messages),
    });
    if (request.method !== 'POST' || reader === undefined) {
      exchange.asked([]);
      return;
    }
    this.#asking = reader;
    request.on('data', (chunk: Buffer) => reader.write(chunk));
    request.once('end', () => reader.end());
  }

  /**
   * Before the body of the answer flows.
   *
   * @param headers as the server sent them.
   */
  readAnswer(answer: IncomingMessage, headers: IncomingHttpHeaders): void {
    const read = this.#answerReader(answer.statusCode ?? 0, headers);
    this.#catchUp = followAnswer(answer, this.#response, (chunks, isWhole) => {
      this.#isWhole ||= isWhole;
      read?.(chunks, isWhole);
    });
    answer.once('error', () => this.lost());
  }

  /** The server has hung up, or was not there. */
  lost(): void {
    this.#over('upstream-gone');
  }

  /** Nothing more goes to the client. */
  closed(): void {
    // What is compressed may still be read.
    if (!this.#isWhole) this.#over(this.#response.writableFinished ? 'answered' : 'client-gone');
    if (!this.#response.writableFinished) this.#asking?.drop();
  }

  #answerReader(
    status: number,
    headers: IncomingHttpHeaders,
  ): ((chunks: readonly Buffer[], isWhole: boolean) => void) | undefined {
    const exchange = this.#exchange;
    if (exchange === undefined) return undefined;
    const reader = createMessageReader(headers, {
      message: (read) => exchange.said(read),
      canResume: () => exchange.canResume(),
      endpoint: (path) => exchange.endpoint(path),
      end: () => exchange.over('answered'),
    });
    this.#answering = reader;
    let hasBegun = false;
    return (chunks, isWhole) => {
      if (!hasBegun) exchange.answered(status, headers);
      hasBegun = true;
      if (reader !== undefined) for (const chunk of chunks) reader.write(chunk);
      if (!isWhole) return;
      if (reader === undefined) exchange.over('answered');
      else reader.end();
    };
  }

  #over(ending: Ending): void {
    this.#catchUp?.();
    this.#answering?.drop();
    this.#exchange?.over(ending);
  }
}
