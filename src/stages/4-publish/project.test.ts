import { projectionContract } from '../../../test/contract/projection-contract.ts';
import { openPglite } from '../../adapters/pglite/pglite-database.ts';

projectionContract('PGlite', async () => ({ open: () => openPglite(undefined), drop: async () => {} }));
