export const schema = {};

export const metadata = { name: 'fail', description: 'Always fails' };

export default function fail(): string {
  throw new RangeError('out of range');
}
