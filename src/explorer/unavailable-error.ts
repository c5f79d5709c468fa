/** What was asked for cannot be had. The message tells the user so in a sentence; nobody needs the stack. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
}
