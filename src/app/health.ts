/**
 * How a process is: why it is not ready, if so, and what it measures. Stages tell it, `/readyz` and `/metrics` show it.
 * Promises: a reason stays until the same part says that it is well again.
 */
export interface Health {
  /** `what` is not well for this reason; without a reason: it is well. */
  say(what: string, reason: string | undefined): void;
  /** The same, to be asked whenever somebody wants to know; of the same name, the last one counts. */
  watch(what: string, reason: () => string | undefined): void;
  /** Everything that is not well; ready when there is nothing. */
  readonly reasons: readonly Reason[];
  /** A number to be read whenever somebody asks; of the same name, the last one counts. */
  gauge(name: string, help: string, read: () => number): void;
  readonly gauges: readonly HealthGauge[];
}

export interface Reason {
  readonly what: string;
  readonly reason: string;
}

export interface HealthGauge {
  /** As Prometheus writes it: `livetally_lag_records`. */
  readonly name: string;
  readonly help: string;
  readonly read: () => number;
}

export function createHealth(): Health {
  const unwell = new Map<string, string>();
  const watched = new Map<string, () => string | undefined>();
  const gauges = new Map<string, HealthGauge>();

  function* reasons(): Generator<Reason> {
    for (const [what, reason] of unwell) yield { what, reason };
    for (const [what, ask] of watched) {
      const reason = ask();
      if (reason !== undefined) yield { what, reason };
    }
  }

  return {
    say(what, reason) {
      if (reason === undefined) unwell.delete(what);
      else unwell.set(what, reason);
    },
    watch(what, reason) {
      watched.set(what, reason);
    },
    get reasons(): Reason[] {
      return [...reasons()];
    },
    gauge(name, help, read) {
      gauges.set(name, { name, help, read });
    },
    get gauges(): HealthGauge[] {
      return [...gauges.values()];
    },
  };
}
