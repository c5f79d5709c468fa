// One style sheet: the build would put those of parts that are loaded later where nothing loads them.
import 'uplot/dist/uPlot.min.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/filters.css';
import './styles/marks.css';
import './styles/notices.css';
import './styles/shell.css';
import './styles/welcome.css';
import './styles/keys.css';
import './styles/sessions.css';
import './styles/sessions-narrow.css';
import './styles/compare.css';
import './styles/detail.css';
import './styles/events.css';
import './styles/tree.css';
import './styles/trace.css';
import './styles/logs.css';
import './styles/payload.css';
import './styles/tables.css';
import './styles/errors.css';
import './styles/overview.css';
import './styles/motion.css';
import { render } from 'preact';
import { App } from './app.tsx';

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
