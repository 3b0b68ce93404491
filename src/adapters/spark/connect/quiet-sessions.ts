import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import { Http2SessionManager } from '@connectrpc/connect-node';

/**
 * Connections whose end never ends the process. The manager stops listening to one before that has said its last, and Node
 * takes an error that nobody listens to for a fault of the program: somebody who answers in HTTP/1 would be enough. Requests
 * are told by themselves that they failed.
 */
export class QuietSessions extends Http2SessionManager {
  readonly #quiet = new WeakSet<ClientHttp2Session>();

  override async request(...request: Parameters<Http2SessionManager['request']>): Promise<ClientHttp2Stream> {
    const stream = await super.request(...request);
    const { session } = stream;
    if (session !== undefined && !this.#quiet.has(session as ClientHttp2Session)) {
      this.#quiet.add(session as ClientHttp2Session);
      session.on('error', () => undefined);
    }
    return stream;
  }
}
