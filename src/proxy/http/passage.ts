import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { BodyReader } from './body.ts';
import type { Ending, Exchange } from './exchange.ts';
import { createMessageReader, type ReadMessage } from './message-reader.ts';

/** An HTTP request that is being passed on, and what is read of it: each chunk when it has gone on. */
export class Passage {
  readonly #exchange: Exchange | undefined;
  readonly #response: ServerResponse;
  #asking: BodyReader | undefined;
  #answering: BodyReader | undefined;
  #isWhole = false;

  constructor(exchange: Exchange | undefined, response: ServerResponse) {
    this.#exchange = exchange;
    this.#response = response;
    response.once('close', () => this.#closed());
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

  /** @param headers as the server sent them. */
  readAnswer(answer: IncomingMessage, headers: IncomingHttpHeaders): void {
    const exchange = this.#exchange;
    if (exchange === undefined) return;
    let hasBegun = false;
    const begin = (): void => {
      if (hasBegun) return;
      hasBegun = true;
      exchange.answered(answer.statusCode ?? 0, headers);
    };
    const reader = createMessageReader(headers, {
      message: (read) => exchange.said(read),
      canResume: () => exchange.canResume(),
      endpoint: (path) => exchange.endpoint(path),
      end: () => exchange.over('answered'),
    });
    this.#answering = reader;
    // Headers that come alone are read when they have gone on.
    setImmediate(begin);
    answer.on('data', (chunk: Buffer) => {
      begin();
      reader?.write(chunk);
    });
    answer.once('end', () => {
      begin();
      this.#isWhole = true;
      if (reader === undefined) exchange.over('answered');
      else reader.end();
    });
    answer.once('error', () => this.lost());
  }

  /** The server has hung up, or was not there. */
  lost(): void {
    this.#over('upstream-gone');
  }

  #closed(): void {
    // What is compressed may still be read.
    if (!this.#isWhole) this.#over(this.#response.writableFinished ? 'answered' : 'client-gone');
    if (!this.#response.writableFinished) this.#asking?.drop();
  }

  #over(ending: Ending): void {
    this.#answering?.drop();
    this.#exchange?.over(ending);
  }
}
