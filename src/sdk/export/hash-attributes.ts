import { hashAttributes as ofTheSdk } from '@opentelemetry/sdk-metrics/build/esm/utils';
import { rememberingTexts } from './series-text.ts';

/** Stands in for the function of that name, where the SDK is built in: tsup.config.ts. */
export const hashAttributes = rememberingTexts(ofTheSdk);
