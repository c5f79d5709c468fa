import { lookUp } from '../text/look-up.ts';

/** What of a row tells what it cannot know. */
export interface Doubtful {
  readonly source?: string | undefined;
  readonly parts: number;
  readonly hasSessionSpans: boolean;
  readonly sender?: string | undefined;
  readonly clientName?: string | undefined;
}

const OF_SOURCE: Readonly<Record<string, string>> = {
  inferred: 'A guess: no session id came with the requests, so those of one caller were joined.',
  conversation: "The conversation is the client's own word, which nobody has checked.",
  client: "Known from its client's side alone: nothing that a server recorded could be tied to it.",
  process: 'No request tells its client: these may be of several.',
};
const OF_PARTS: Readonly<Record<string, string>> = {
  conversation: 'by the conversation that the client named, as far as they overlap or follow soon.',
  inferred: 'by a keyed hash of the caller, as far as they overlap or follow soon.',
  protocol: 'by a session id that is not unique, as far as they overlap or follow soon.',
};

/** What the row of a session cannot know, in sentences. */
export function caveatsOf({ source, parts, hasSessionSpans, sender, clientName }: Doubtful): string[] {
  const ofSource = lookUp(OF_SOURCE, source);
  const by = lookUp(OF_PARTS, source) ?? 'as far as they overlap or follow soon.';
  return [
    ...(ofSource === undefined ? [] : [ofSource]),
    ...(parts > 1 ? [`Joined from ${parts} parts, ${by}`] : []),
    ...(sender === undefined ? [] : [`Recorded by ${sender}: requests that it leaves out are not counted.`]),
    ...(sender !== undefined && clientName === undefined ? ['Which client it was is not recorded.'] : []),
    ...(hasSessionSpans
      ? []
      : ['Made of its requests alone: no session span tells when it began, or whether and how it ended.']),
  ];
}
