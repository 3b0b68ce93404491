import { isFieldSet } from '@bufbuild/protobuf';
import {
  FieldDescriptorProtoSchema,
  type DescriptorProto,
  type EnumDescriptorProto,
  type FileDescriptorProto,
  type ServiceDescriptorProto,
} from '@bufbuild/protobuf/wkt';

/** What is described, by its full name: properties that decide how it is written. */
type Facts = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** In what `ours`, which may have less, is otherwise than the files of `theirs`. */
export function protocolDifferences(ours: FileDescriptorProto, theirs: readonly FileDescriptorProto[]): string[] {
  const expected = new Map(theirs.flatMap((file) => [...factsOf(file)]));
  return [...factsOf(ours)].flatMap(([name, facts]) => {
    const those = expected.get(name);
    if (those === undefined) return [`${name} is not there`];
    const properties = Object.keys({ ...facts, ...those });
    return properties
      .filter((property) => facts[property] !== those[property])
      .map((property) => `${name}: ${property} is ${String(facts[property])}, not ${String(those[property])}`);
  });
}

function factsOf(file: FileDescriptorProto): Facts {
  return new Map([
    ...file.messageType.flatMap((message) => ofMessage(message, file.package)),
    ...file.enumType.flatMap((one) => ofEnum(one, file.package)),
    ...file.service.flatMap((service) => ofService(service, file.package)),
  ]);
}

type Fact = [name: string, facts: Readonly<Record<string, unknown>>];

function ofMessage(message: DescriptorProto, parent: string): Fact[] {
  const name = `${parent}.${message.name}`;
  const fields = message.field.map((field): Fact => {
    const { number, type, label, typeName, proto3Optional } = field;
    // A field that may be left out is in a oneof of its own.
    const isInOneof = isFieldSet(field, FieldDescriptorProtoSchema.field.oneofIndex);
    const oneof = isInOneof ? message.oneofDecl[field.oneofIndex]!.name : undefined;
    return [`${name}.${field.name}`, { number, type, label, typeName, proto3Optional, oneof }];
  });
  return [
    [name, { isMapEntry: message.options?.mapEntry ?? false }],
    ...fields,
    ...message.nestedType.flatMap((nested) => ofMessage(nested, name)),
    ...message.enumType.flatMap((nested) => ofEnum(nested, name)),
  ];
}

function ofEnum({ name, value }: EnumDescriptorProto, parent: string): Fact[] {
  return value.map(({ name: of, number }) => [`${parent}.${name}.${of}`, { number }]);
}

function ofService({ name, method }: ServiceDescriptorProto, parent: string): Fact[] {
  return method.map(({ name: of, inputType, outputType, clientStreaming, serverStreaming }) => [
    `${parent}.${name}.${of}`,
    { inputType, outputType, clientStreaming, serverStreaming },
  ]);
}
