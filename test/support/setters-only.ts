/** A transport that passes on what is set to an inner one, and does not tell it. */
export class SettersOnly {
  readonly end: any;
  constructor(end: any) {
    this.end = end;
  }
  set onmessage(value: unknown) {
    this.end.onmessage = value;
  }
  set onclose(value: unknown) {
    this.end.onclose = value;
  }
  set onerror(value: unknown) {
    this.end.onerror = value;
  }
  start(): Promise<void> {
    return this.end.start();
  }
  send(message: unknown, options: unknown): Promise<void> {
    return this.end.send(message, options);
  }
  close(): Promise<void> {
    return this.end.close();
  }
}
