import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const ROOT: string = join(import.meta.dirname, '../..');

/** What the tests look at of a service in compose.yaml. */
export interface ComposeService {
  readonly image: string;
  readonly build?: string | { readonly context: string; readonly dockerfile: string };
  readonly profiles?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly (
    | string
    | { readonly source: string; readonly target: string; readonly read_only: boolean }
  )[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string; readonly required?: boolean }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly mem_limit?: string;
  readonly user?: string;
  readonly network_mode?: string;
  readonly networks?: unknown;
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, null>>;
}

export const composeText: string = readFileSync(join(ROOT, 'compose.yaml'), 'utf8');
export const compose: ComposeFile = parse(composeText, { merge: true }) as ComposeFile;
export const services: readonly (readonly [string, ComposeService])[] = Object.entries(compose.services);

/** Those of livetally itself. */
export const stages: readonly (readonly [string, ComposeService])[] = services.filter(
  ([, { image }]) => image === 'livetally:local',
);

/** Those that run with a profile. */
export function withProfile(profile: string): readonly (readonly [string, ComposeService])[] {
  return services.filter(([, { profiles }]) => profiles === undefined || profiles.includes(profile));
}

/** `${NAME:-default}` and `${NAME:?message}` in a text. */
const SETTING = /\$\{([A-Z_]+)(?::([-?])([^}]*))?\}/g;

/** The text as Compose reads it when nothing is set but these. */
export function interpolated(text: string, set: Readonly<Record<string, string>> = {}): string {
  return text.replace(SETTING, (_, name: string, kind: string | undefined, otherwise: string | undefined) => {
    const value = set[name] ?? (kind === '-' ? otherwise : undefined);
    if (value === undefined) throw new Error(`${name} has no value`);
    return value;
  });
}

/** Names that have to be set, with what Compose says when they are not. */
export function requiredSettings(text: string): Map<string, string> {
  const found = [...text.matchAll(SETTING)].filter(([, , kind]) => kind !== '-');
  return new Map(found.map(([, name, , message]) => [name!, message ?? '']));
}
