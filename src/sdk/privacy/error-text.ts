import { createCapture } from './capture.ts';

/** How much of what an error says is recorded, in UTF-16 code units. */
const MAX_LENGTH = 1_024;

/** The options that say what is recorded of the text of an error. */
export interface ErrorTextSettings {
  readonly enableErrorTextCollection: boolean;
  readonly enablePIISanitization: boolean;
  readonly maxAttributeLength: number;
}

/** Redacts and cuts what an error says; `undefined` where nothing of it is recorded. */
export function createErrorText(settings: ErrorTextSettings): ((text: string) => string) | undefined {
  if (!settings.enableErrorTextCollection) return undefined;
  const maxLength = Math.min(MAX_LENGTH, settings.maxAttributeLength);
  return createCapture({ sanitize: settings.enablePIISanitization, maxLength }).text;
}
