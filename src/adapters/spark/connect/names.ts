/*
 * What a server sends as a name is taken only when it has the form of one. Nothing else that it says of an error leaves this folder, since it can
 * quote ballots.
 */

/** Spark's name for an error, such as `KAFKA_DATA_LOSS.PARTITIONS_DELETED`; some begin with an underscore. */
export function errorClassName(text: unknown): string | undefined {
  return fits(text, /^_?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*(?:\.[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)?$/);
}

/** Such as `42K02`. */
export function sqlStateName(text: unknown): string | undefined {
  return fits(text, /^[0-9A-Z]{5}$/);
}

/** Those of a list that are full names of classes, such as `java.lang.StackOverflowError`. */
export function classNames(list: unknown): string[] {
  const all: readonly unknown[] = Array.isArray(list) ? list : [];
  return all.flatMap((text) => fits(text, /^(?:[a-z][a-z0-9_]*\.)+[A-Z][A-Za-z0-9_$]*$/) ?? []);
}

const LONGEST = 150;

function fits(text: unknown, form: RegExp): string | undefined {
  return typeof text === 'string' && text.length <= LONGEST && form.test(text) ? text : undefined;
}
