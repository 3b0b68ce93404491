import type { Database, DatabaseSession } from '../src/ports/database.ts';

/** Dies before its statement of that number, or right after the commit that would have been it. */
export function dyingAt(alive: Database, number: number): Database {
  let left = number;
  function live(): void {
    if (left-- <= 0) throw new Error('dead');
  }
  return {
    ...alive,
    transaction: async (work) => {
      const result = await alive.transaction((session) => work(mortal(session, live)));
      live();
      return result;
    },
  };
}

function mortal(session: DatabaseSession, live: () => void): DatabaseSession {
  return {
    async query(sql, parameters) {
      live();
      return session.query(sql, parameters);
    },
    async script(sql) {
      live();
      await session.script(sql);
    },
    async copy(table, columns, rows) {
      live();
      await session.copy(table, columns, rows);
    },
  };
}
