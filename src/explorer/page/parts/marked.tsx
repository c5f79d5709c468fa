import { Fragment } from 'preact';
import { isFoundIn, looksIn, parseSearch, type SearchField, type SearchTerm } from '../../sessions/search.ts';
import { visible } from '../../text/visible.ts';
import { cut } from '../format.ts';
import { usePage } from '../page-context.ts';
import { MOST_SHOWN, type TextProps, titleOf } from './text.tsx';

export interface MarkedProps extends TextProps {
  /** The field of a search that it is. */
  readonly of: SearchField;
}

/** Text of others, as `Text` shows it, with what was searched for marked. */
export function Marked({ value, title = value, class: className, of }: MarkedProps) {
  return (
    <bdi class={className} title={titleOf(title)}>
      <Marks text={visible(cut(value, MOST_SHOWN))} of={of} />
    </bdi>
  );
}

/** A text that is safe to show, with what was searched for marked. */
export function Marks({ text, of }: { readonly text: string; readonly of: SearchField }) {
  const { view } = usePage();
  const places = placesIn(text, of, termsOf(view.q));
  if (places.length === 0) return <>{text}</>;
  return (
    <>
      {places.map(([from, to], i) => (
        <Fragment key={from}>
          {text.slice(places[i - 1]?.[1] ?? 0, from)}
          <mark>{text.slice(from, to)}</mark>
        </Fragment>
      ))}
      {text.slice(places.at(-1)?.[1])}
    </>
  );
}

type Places = (readonly [from: number, to: number])[];

/** Where a text has what is searched for in its field, in order and apart. */
function placesIn(text: string, of: SearchField, terms: readonly SearchTerm[]): Places {
  const lower = text.toLowerCase();
  // Of the few letters that change their length, places would not be the same.
  if (terms.length === 0 || lower.length !== text.length) return [];
  const isFound = new Uint8Array(text.length + 1);
  for (const term of terms) {
    if (!fieldsOf(of).some((field) => looksIn(term, field) && isFoundIn(term, field, lower))) continue;
    for (let at = lower.indexOf(term.text); at !== -1; at = lower.indexOf(term.text, at + 1))
      isFound.fill(1, at, at + term.text.length);
  }
  const places: [number, number][] = [];
  for (let at = isFound.indexOf(1); at !== -1; at = isFound.indexOf(1, at)) {
    const end = isFound.indexOf(0, at);
    places.push([at, end]);
    at = end;
  }
  return places;
}

/** The text of an error begins with its type. */
function fieldsOf(of: SearchField): readonly SearchField[] {
  return of === 'error' ? ['error', 'type'] : [of];
}

let last: { readonly search: string; readonly terms: readonly SearchTerm[] } = { search: '', terms: [] };

/** Taken apart once for all that is shown. */
function termsOf(search: string): readonly SearchTerm[] {
  if (last.search !== search) last = { search, terms: parseSearch(search) };
  return last.terms;
}
