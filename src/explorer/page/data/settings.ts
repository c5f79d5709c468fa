import { traceUrlProblem } from '../../text/trace-url.ts';
import { Observable } from './observable.ts';

const KEY = 'mcp-sessionscope.trace-url';

/** What this browser keeps. */
class Settings extends Observable {
  /** Instead of the command's; absent: that one. */
  get traceUrl(): string | undefined {
    const kept = this.#read();
    return kept !== undefined && traceUrlProblem(kept) === undefined ? kept : undefined;
  }

  /** @param template - empty: that of the command */
  setTraceUrl(template: string): void {
    try {
      if (template === '') localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, template);
    } catch {
      // Some browsers keep nothing for this page: then it holds until it is loaded anew.
      this.#unkept = template;
    }
    this.changed();
  }

  #unkept = '';

  #read(): string | undefined {
    try {
      return localStorage.getItem(KEY) ?? (this.#unkept || undefined);
    } catch {
      return this.#unkept || undefined;
    }
  }
}

export const settings = new Settings();
