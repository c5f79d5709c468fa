import { exportAddress } from '../data/api-client.ts';
import { Icon } from './icons.tsx';

export function DownloadLink(props: {
  readonly id: string;
  readonly as: 'otlp' | 'markdown';
  readonly caption: string;
}) {
  return (
    <a class="button" href={exportAddress(props.id, props.as)} download>
      <Icon name="download" />
      <span>{props.caption}</span>
    </a>
  );
}
