import { KafkaFailure, leavesOf, reasonOf } from './failures.ts';

/**
 * Why there is no connection, or none any more. What a person has to mend, such as a password, is told apart from what
 * passes, since it is of no use to try again.
 */
export function connectionFailure(broker: string, error: unknown): KafkaFailure {
  const causes = chainOf(error);
  const codes = causes.flatMap(codesOf);
  const text = causes.map((cause) => cause.message).join('\n');
  const refusal = REFUSALS.find((one) => one.applies(codes, text));
  if (refusal !== undefined) {
    const { says, look } = refusal;
    return new KafkaFailure('access', `The Kafka broker at ${broker} ${says}: ${reasonOf(error)}.`, {
      next: look,
      cause: error,
    });
  }
  const isHungUp =
    /before secure TLS connection|Connection closed|socket hang up/.test(text) || codes.includes('ECONNRESET');
  if (isHungUp) {
    return new KafkaFailure('hung up', `The Kafka broker at ${broker} ended the connection: ${reasonOf(error)}.`, {
      cause: error,
    });
  }
  return new KafkaFailure('away', `The Kafka broker at ${broker} cannot be reached: ${reasonOf(error)}.`, {
    cause: error,
  });
}

interface Refusal {
  applies(codes: readonly string[], text: string): boolean;
  readonly says: string;
  readonly look: string;
}

const REFUSALS: readonly Refusal[] = [
  {
    applies: (codes) => codes.includes('ILLEGAL_SASL_STATE'),
    says: 'takes no password',
    look: 'Check KAFKA_SECURITY_PROTOCOL: without SASL it is PLAINTEXT or SSL.',
  },
  {
    applies: (codes) => codes.includes('UNSUPPORTED_SASL_MECHANISM'),
    says: 'does not let us log in this way',
    look: 'Check KAFKA_SASL_MECHANISM: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.',
  },
  {
    applies: (codes) => codes.includes('SASL_AUTHENTICATION_FAILED'),
    says: 'refuses the user or the password',
    look: 'Check KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD and KAFKA_SASL_MECHANISM.',
  },
  {
    applies: (_, text) => text.includes('Broker requires TLS'),
    says: 'wants encryption',
    look: 'Set KAFKA_SECURITY_PROTOCOL to SSL, or to SASL_SSL with a password.',
  },
  {
    applies: (codes) => codes.includes('ERR_TLS_CERT_ALTNAME_INVALID'),
    says: 'has a certificate for another name',
    look: 'Give the name that the certificate is for in KAFKA_BOOTSTRAP_SERVERS.',
  },
  {
    applies: (codes) => codes.some((code) => /SELF_SIGNED|UNABLE_TO_|^CERT_|INVALID_CA/.test(code)),
    says: 'has a certificate that cannot be trusted',
    look: 'Check KAFKA_TLS_CA_FILE: it names the authority that has signed the certificate of the broker.',
  },
  {
    applies: (codes) => codes.some((code) => /^ERR_SSL_.*(ALERT|CERTIFICATE)/.test(code)),
    says: 'refuses our certificate, or wants one',
    look: 'Check KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE.',
  },
  {
    applies: (codes, text) =>
      codes.some((code) => code.startsWith('ERR_SSL_')) || text.includes('wrong version number'),
    says: 'does not speak TLS',
    look: 'Check KAFKA_SECURITY_PROTOCOL: without encryption it is PLAINTEXT or SASL_PLAINTEXT.',
  },
];

/** Every error of the tree, not only those at the bottom. */
function chainOf(error: unknown): Error[] {
  if (!(error instanceof Error)) return leavesOf(error);
  const below = error instanceof AggregateError ? error.errors : error.cause === undefined ? [] : [error.cause];
  return [error, ...below.flatMap(chainOf)];
}

/** Node's and the client's codes, and the names of Kafka's own errors. */
function codesOf(error: Error): string[] {
  const { code, apiId } = error as { code?: unknown; apiId?: unknown };
  return [code, apiId].filter((name) => typeof name === 'string');
}
