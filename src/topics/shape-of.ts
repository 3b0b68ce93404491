import type { z } from 'zod';

/**
 * A schema for each key of a type: `z.strictObject({ … } satisfies ShapeOf<Registration>)` does not compile when the
 * schema lacks a key, has one more, or allows a value that the type does not. So the published schema is that of the type.
 */
export type ShapeOf<Value> = { readonly [Key in keyof Value]-?: z.ZodType<Value[Key]> };
