import { logContract } from '../../../test/contract/log-contract.ts';
import { openLmdbLog } from './lmdb-log.ts';

logContract('LMDB', openLmdbLog);
