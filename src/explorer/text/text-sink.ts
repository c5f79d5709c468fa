/** Takes text; a stream of the process, or what a test gives. */
export interface TextSink {
  write(text: string): unknown;
}
