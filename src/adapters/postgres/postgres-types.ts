import { types, type CustomTypesConfig } from 'pg';

type Read = (text: string) => unknown;

const readBoolean: Read = (text) => text === 't';
const readJson: Read = (text) => JSON.parse(text) as unknown;

/** By the number of the type, and that of its arrays. */
const READERS: readonly (readonly [type: number, arrays: number, read: Read])[] = [
  [types.builtins.BOOL, 1000, readBoolean],
  [types.builtins.INT2, 1005, Number],
  [types.builtins.INT4, 1007, Number],
  [types.builtins.INT8, 1016, Number],
  [types.builtins.OID, 1028, Number],
  [types.builtins.FLOAT4, 1021, Number],
  [types.builtins.FLOAT8, 1022, Number],
  [types.builtins.NUMERIC, 1231, Number],
  [types.builtins.JSON, 199, readJson],
  [types.builtins.JSONB, 3807, readJson],
  [types.builtins.TEXT, 1009, String],
  [types.builtins.VARCHAR, 1015, String],
  [types.builtins.DATE, 1182, String],
  [types.builtins.TIMESTAMP, 1115, String],
  [types.builtins.TIMESTAMPTZ, 1185, String],
];

/** What `types.arrayParser` is; its own type says otherwise. */
const ARRAYS = types.arrayParser as unknown as {
  create(text: string, read: Read): { parse(): unknown[] };
};

const readers = new Map<number, Read>(
  READERS.flatMap(([type, arrays, read]): [number, Read][] => [
    [type, read],
    [arrays, (text) => ARRAYS.create(text, read).parse()],
  ]),
);

/** As ports/database.ts promises: numbers are numbers, JSON is a value, and all else is text as SQL writes it. */
export const VALUE_TYPES: CustomTypesConfig = {
  getTypeParser: ((type: number): Read => readers.get(type) ?? String) as CustomTypesConfig['getTypeParser'],
};
