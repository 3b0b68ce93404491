import { once } from 'node:events';
import { createSecureServer, createServer, type Http2Server, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { Code, ConnectError, type HandlerContext, type ServiceImpl } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { ErrorInfoSchema } from '../src/adapters/spark/connect/gen/error-info_pb.ts';
import {
  SparkConnectService,
  type ExecutePlanRequest,
  type ExecutePlanResponseSchema,
} from '../src/adapters/spark/connect/gen/spark-connect_pb.ts';
import type { SparkSettings } from '../src/ports/spark-settings.ts';

type Answer = MessageInitShape<typeof ExecutePlanResponseSchema>;
const COMPLETE: Answer = { responseType: { case: 'resultComplete', value: {} } };

/**
 * What becomes of the next answer of a stream: it is given, or before it the connection is `cut`, the stream `end`s as
 * Spark ends one after two minutes, is refused as `unavailable`, or the server `forget`s the execution.
 */
export type Fate = 'give' | 'cut' | 'end' | 'unavailable' | 'forget';

export interface FakeSparkOptions {
  readonly token?: string;
  /** PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** What a plan gives. */
  readonly answers?: (request: ExecutePlanRequest) => Answer[];
  /** `stream` counts all streams, `at` the answers in it. */
  readonly fate?: (stream: number, at: number) => Fate;
  /** Whether a plan reaches the server: else the connection is cut first. */
  readonly hears?: (stream: number) => boolean;
  readonly service?: Partial<ServiceImpl<typeof SparkConnectService>>;
}

/** A Spark Connect server without Spark: it speaks the protocol over HTTP/2, on loopback. */
export interface FakeSpark extends AsyncDisposable {
  readonly settings: SparkSettings;
  /** Which life of the server this is: can be another one. */
  serverSide: string;
  /** The calls, in the order in which they came. */
  readonly calls: readonly string[];
  /** The executions that the server keeps answers of. */
  readonly executions: ReadonlyMap<string, readonly Answer[]>;
}

export async function startFakeSpark(options: FakeSparkOptions = {}): Promise<FakeSpark> {
  const sessions = new Set<ServerHttp2Session>();
  const executions = new Map<string, Answer[]>();
  const calls: string[] = [];
  const { answers = () => [], fate = () => 'give', hears = () => true } = options;
  let streams = 0;

  function cut(): void {
    for (const session of sessions) session.destroy();
  }

  function heard(call: string, { requestHeader }: HandlerContext): void {
    calls.push(call);
    const isOurs = options.token === undefined || requestHeader.get('authorization') === `Bearer ${options.token}`;
    if (!isOurs) throw new ConnectError('Invalid token', Code.Unauthenticated);
  }

  async function* tell(operationId: string, from: number): AsyncGenerator<Answer> {
    const stream = streams++;
    if (!hears(stream)) {
      executions.delete(operationId);
      cut();
      return;
    }
    for (let at = from; ; at++) {
      const answer = executions.get(operationId)?.[at];
      if (answer === undefined) return;
      switch (fate(stream, at - from)) {
        case 'give':
          yield { ...answer, responseId: String(at), operationId, serverSideSessionId: spark.serverSide };
          break;
        case 'cut':
          cut();
          return;
        case 'end':
          return;
        case 'unavailable':
          throw new ConnectError('away for a moment', Code.Unavailable);
        case 'forget':
          executions.delete(operationId);
          cut();
          return;
      }
    }
  }

  const service: Partial<ServiceImpl<typeof SparkConnectService>> = {
    async *executePlan(request, context) {
      heard('executePlan', context);
      const operationId = request.operationId!;
      executions.set(operationId, [...answers(request), COMPLETE]);
      yield* tell(operationId, 0);
    },
    async *reattachExecute({ operationId, lastResponseId }, context) {
      heard('reattachExecute', context);
      if (!executions.has(operationId)) throw refusal({ errorClass: 'INVALID_HANDLE.OPERATION_NOT_FOUND' });
      yield* tell(operationId, lastResponseId === undefined ? 0 : Number(lastResponseId) + 1);
    },
    releaseExecute({ operationId }, context) {
      heard('releaseExecute', context);
      executions.delete(operationId);
      return { serverSideSessionId: spark.serverSide };
    },
    analyzePlan(_request, context) {
      heard('analyzePlan', context);
      return {
        serverSideSessionId: spark.serverSide,
        result: { case: 'sparkVersion', value: { version: '4.2.0' } },
      };
    },
    ...options.service,
  };

  const handler = connectNodeAdapter({ routes: (router) => router.service(SparkConnectService, service) });
  const server: Http2Server =
    options.tls === undefined ? createServer(handler) : createSecureServer(options.tls, handler);
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const spark: FakeSpark = {
    settings: { host: '127.0.0.1', port, tls: options.tls !== undefined, user: 'livetally' },
    serverSide: 'first life',
    calls,
    executions,
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return spark;
}

/** An error as Spark sends it: nearly all are INTERNAL, and say in their details what they are. */
export function refusal(metadata: Readonly<Record<string, string>>, message = 'in words'): ConnectError {
  const value = { reason: 'org.apache.spark.SparkException', domain: 'org.apache.spark', metadata: { ...metadata } };
  return new ConnectError(message, Code.Internal, undefined, [{ desc: ErrorInfoSchema, value }]);
}
