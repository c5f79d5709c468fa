export {
  explainNoAnswer,
  explainNoReceiver,
  explainStatus,
  type Finding,
  isPageText,
  partialSuccessOf,
  placeOf,
  portOf,
  REJECTED_FIX,
  rootCause,
  TIMED_OUT,
  TIMED_OUT_WORDS,
} from '../../diagnostics/failures.ts';
