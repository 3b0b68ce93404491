/** Where a Spark Connect server is and how to prove who we are, as the environment says it (src/app/spark-environment.ts). */
export interface SparkSettings {
  /** A name or an address, IPv6 without its brackets. */
  readonly host: string;
  readonly port: number;
  /** Whether the connection is encrypted. */
  readonly tls: boolean;
  /** PEM: who signs the server's certificate; without it the authorities that Node knows. */
  readonly ca?: string | undefined;
  readonly token?: string | undefined;
  /** Sessions belong to a user; there is no password to the name. */
  readonly user: string;
}

/** A cluster that counts ballots which lie on a broker. */
export interface SparkCluster {
  readonly connect: SparkSettings;
  /** The URL, without a slash at its end, of the folder where the cluster keeps its checkpoints: all its machines reach it. */
  readonly checkpoints: string;
  /** `host:port,host:port` of brokers, as the machines of the cluster reach them. */
  readonly kafkaBootstrapServers: string;
}
