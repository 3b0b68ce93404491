/** Where a PostgreSQL server is and how to prove who we are: what the environment gives and the adapter takes. */
export interface PostgresSettings {
  /** A name, an address, or the folder of a socket, which begins with a slash. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Without one: the server lets this user in by other means, or not at all. */
  readonly password?: string | undefined;
  /** Undefined: the connection is not encrypted. */
  readonly tls?: PostgresTls | undefined;
}

export interface PostgresTls {
  /**
   * What is asked of the server's certificate: `name` that it was issued, by somebody we trust, for the host of that
   * name; `issuer` that it was issued by somebody we trust; `nothing`, and whoever answers could be anybody.
   */
  readonly verify: 'name' | 'issuer' | 'nothing';
  /** PEM: the issuers to trust. Without it those of Node. */
  readonly issuers?: string | undefined;
  /** PEM: our own certificate and its key, for servers that ask for one. */
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
}

/** For messages: all but what is secret. */
export function publicUrl({ host, port, database, user }: PostgresSettings): string {
  const at = host.startsWith('/') ? encodeURIComponent(host) : host.includes(':') ? `[${host}]` : host;
  return `postgres://${encodeURIComponent(user)}@${at}:${port}/${encodeURIComponent(database)}`;
}
