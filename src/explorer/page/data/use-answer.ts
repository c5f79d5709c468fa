import { useEffect, useRef, useState } from 'react';
import { failureText } from './api-client.ts';
import type { Recording } from './recording.ts';
import { createThrottle } from './throttle.ts';

export interface Answer<T> {
  /** The newest answer; stays while another is awaited. */
  readonly value: T | undefined;
  readonly failure: string | undefined;
  readonly isLoading: boolean;
}

/** What stands where the first answer will: nothing where it is told that there is none. */
export function absentText({ failure }: Pick<Answer<unknown>, 'failure'>): string {
  return failure === undefined ? 'Loading…' : '';
}

/** What the server answers to a question: asked anew where `key` changes and, now and then, as the recording does. */
export function useAnswer<T>(
  recording: Recording,
  key: string,
  ask: () => Promise<T>,
  everyMs = 2_000,
): Answer<T> {
  const [answer, set] = useState<Answer<T>>({ value: undefined, failure: undefined, isLoading: true });
  const askNow = useRef(ask);
  askNow.current = ask;
  // The key stands for the question.
  useEffect(() => {
    let isOver = false;
    let asked = 0;
    const load = async () => {
      asked += 1;
      const mine = asked;
      const isStale = () => isOver || mine !== asked;
      try {
        const value = await askNow.current();
        if (!isStale()) set({ value, failure: undefined, isLoading: false });
      } catch (failure) {
        if (!isStale()) set((before) => ({ ...before, failure: failureText(failure), isLoading: false }));
      }
    };
    set((before) => ({ ...before, isLoading: true }));
    const loadSoon = createThrottle(everyMs, load);
    loadSoon();
    const end = recording.onChange(loadSoon);
    return () => {
      isOver = true;
      end();
    };
  }, [recording, key, everyMs]);
  return answer;
}
