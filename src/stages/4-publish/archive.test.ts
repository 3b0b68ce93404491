import { archiveContract } from '../../../test/contract/archive-contract.ts';
import { openPglite } from '../../adapters/pglite/pglite-database.ts';

archiveContract('PGlite', async () => ({ open: () => openPglite(undefined), drop: async () => {} }));
