import type { Evaluated } from '../../../../tools/dashboards/evaluate/evaluate.ts';
import type { Dashboard } from '../../../../tools/dashboards/evaluate/model.ts';
import type { View } from '../../../../tools/dashboards/evaluate/variables.ts';
import type { Form } from '../../../../tools/dashboards/form.ts';
import { readDashboards } from '../dashboards.ts';
import type { SessionTruth, Truth } from '../traffic/truth.ts';

/** What expectations know besides the panel. */
export interface Facts {
  /** Which dashboards are looked at. */
  form: Form;
  truth: Truth;
  view: View;
  /** `mcp.client.session.id`: the client's, or the one that the table of sessions showed for it. */
  ids: Map<SessionTruth, string>;
  /** The traces that the tables linked to. */
  linked: Map<string, LinkedTrace>;
  /** All dashboards of the form, for links from one to another. */
  dashboards: Dashboard[];
}

export interface LinkedTrace {
  /** In whose rows it stood. */
  sessions: Set<SessionTruth>;
  /** The SQL by which Grafana's view of traces gets it. */
  sql?: string;
}

/** Facts of which nothing has been learned yet. */
export const newFacts = (form: Form, truth: Truth, view: View): Facts => ({
  form,
  truth,
  view,
  ids: new Map(),
  linked: new Map(),
  dashboards: readDashboards(form),
});

/** Compares what a panel shows with what the clients did. Throws where they differ. */
export type Expectation = (evaluated: Evaluated, facts: Facts) => void;

/** A dashboard, as a reader looks at it, and what each panel must show then. */
export interface Case {
  /** What the reader does, in a few words. */
  name: string;
  dashboard: string;
  /** The one form of the dashboards that has this, or of which it can be said. */
  only?: Form;
  /** Values of variables that the reader chose. */
  chosen?(facts: Facts): Record<string, string | string[]>;
  /** After how much silence Prometheus takes a value no longer for the current one; its own default is 5 min. */
  lookback?: string;
  /** By the panel's title. */
  panels: Record<string, Expectation>;
}

/** What a panel shows for the one session that a client of this name has. */
export function sessionOf({ truth }: Facts, client: string): SessionTruth {
  const found = truth.sessions.filter((session) => session.client.name === client);
  if (found.length !== 1) throw new Error(`${found.length} sessions have the client ${client}`);
  return found[0] as SessionTruth;
}
