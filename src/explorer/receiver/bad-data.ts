/** What was sent cannot be taken, now or ever: 400, or 413 where it is too large. */
export class BadData extends Error {
  override readonly name = 'BadData';
  readonly status: 400 | 413;
  /** The place in the message, as far as it is known: `resourceSpans[0].scopeSpans[2].spans`. */
  readonly field: string;

  constructor(message: string, status: 400 | 413 = 400, field = '') {
    super(message);
    this.status = status;
    this.field = field;
  }

  /** The same, seen from one level above. */
  within(parent: string): BadData {
    const field = this.field === '' || this.field.startsWith('[') ? this.field : `.${this.field}`;
    return new BadData(this.message, this.status, `${parent}${field}`);
  }
}
