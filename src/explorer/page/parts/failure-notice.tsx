import { usePage } from '../page-context.ts';
import { Notice } from './notice.tsx';

/** Why an answer could not be had, unless the whole page says so. */
export function FailureNotice({ failure }: { readonly failure: string | undefined }) {
  const { recording } = usePage();
  if (failure === undefined || recording.failure !== undefined) return null;
  return <Notice kind="error">{failure}</Notice>;
}
