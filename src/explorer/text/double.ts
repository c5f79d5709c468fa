/** What is said where another instrumentation records what this package records: that, and what to do. */
export function doubleText(sender: string): [what: string, fix: string] {
  return [
    `requests are recorded twice, by this package and by ${sender}; they are shown and counted once`,
    'Turn one of the two off: both cost time.',
  ];
}
