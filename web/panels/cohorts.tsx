import type { JSX } from 'preact';
import type { ShownRow } from '../../src/election/shown-row.ts';
import type { AttributeText } from '../../src/stages/4-publish/view.ts';
import { Stack } from '../charts/stack.tsx';
import { formatList, formatNumber, formatShare, NOTHING, ratio } from '../format.ts';
import { shortNames } from '../headline.ts';
import { stackOf, standingOf } from '../standing.ts';
import type { Looked } from '../state.ts';
import { KNote } from './k-note.tsx';

/** By age, by sex, by each attribute: the votes of every group as a bar, and its turnout. */
export function CohortPanel({ view }: { view: Looked }): JSX.Element | null {
  const parts = view.texts.attributes.flatMap((attribute) => {
    const rows = view.snapshot.breakdowns.find(({ key }) => key === attribute.id)?.rows;
    return rows === undefined ? [] : [{ attribute, rows }];
  });
  if (parts.length === 0) return null;
  const held = parts.some(({ rows }) => rows.some((row) => row.state !== 'shown'));
  return (
    <section class="card">
      {parts.map(({ attribute, rows }) => (
        <Bars key={attribute.id} attribute={attribute} rows={rows} view={view} />
      ))}
      {held && <KNote k={view.texts.k} />}
    </section>
  );
}

interface BarsProps {
  readonly attribute: AttributeText;
  readonly rows: readonly ShownRow[];
  readonly view: Looked;
}

function Bars({ attribute, rows, view }: BarsProps): JSX.Element {
  return (
    <div class="bars">
      <h2>By {attribute.name.toLowerCase()}</h2>
      <p>{view.contest.method === 'approval' ? 'Approvals' : 'Votes'} of each group, and its turnout.</p>
      <div class="groups">
        {rows.map((row) => (
          <Bar key={rowName(row, attribute)} row={row} name={rowName(row, attribute)} view={view} />
        ))}
      </div>
      <details>
        <summary>Table</summary>
        <Table attribute={attribute} rows={rows} view={view} />
      </details>
    </div>
  );
}

function Bar({ row, name, view }: { row: ShownRow; name: string; view: Looked }): JSX.Element {
  const figures = row.state === 'suppressed' ? undefined : row.contests[view.at];
  const turnout = row.state === 'suppressed' ? undefined : ratio(row.counted, row.eligible);
  return (
    <>
      <span class="group">{name}</span>
      {figures === undefined || view.standing === undefined ? (
        <span class="soft">suppressed</span>
      ) : (
        <Stack parts={stackOf(standingOf(view.contest, figures), view.standing.ranked)} label={name} />
      )}
      <span class="num soft">{formatShare(turnout)}</span>
    </>
  );
}

const TABLE_CANDIDATES = 4;

/** The same in figures, of the leading candidates. */
function Table({ attribute, rows, view }: BarsProps): JSX.Element {
  const candidates = (view.standing?.ranked ?? []).slice(0, TABLE_CANDIDATES);
  const name = shortNames(view.contest);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`Votes by ${attribute.name.toLowerCase()}`}>
      <table>
        <thead>
          <tr>
            <th scope="col">{attribute.name}</th>
            {candidates.map(({ index }) => (
              <th scope="col" class="num" key={index}>
                {name(index)}
              </th>
            ))}
            <th scope="col" class="num">
              Ballots
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowName(row, attribute)}>
              <th scope="row">{rowName(row, attribute)}</th>
              {candidates.map(({ index }) => (
                <td class="num" key={index}>
                  {row.state === 'suppressed' ? NOTHING : formatNumber(row.contests[view.at]?.votes[index] ?? 0)}
                </td>
              ))}
              <td class="num">{row.state === 'suppressed' ? 'suppressed' : formatNumber(row.counted)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function rowName(row: ShownRow, attribute: AttributeText): string {
  const ids = row.state === 'merged' ? row.values : [row.value];
  return formatList(ids.map((id) => attribute.values.find((value) => value.id === id)?.name ?? id));
}
