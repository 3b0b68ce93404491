/** The last line of a terminal, rewritten as work goes on. Whatever else is written there clears it first. */
export interface StatusLine {
  show(text: string): void;
  clear(): void;
}

const CLEAR = '\r\u001B[2K';

export function createStatusLine(stream: NodeJS.WriteStream): StatusLine {
  let shown = false;
  return {
    show(text) {
      // A line that wraps could not be cleared.
      stream.write(CLEAR + text.slice(0, (stream.columns ?? 80) - 1));
      shown = true;
    },
    clear() {
      if (shown) stream.write(CLEAR);
      shown = false;
    },
  };
}
