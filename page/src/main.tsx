import './styles/base.css';
import './styles/parts.css';
import './styles/shell.css';
import './styles/sessions.css';
import './styles/detail.css';
import './styles/tables.css';
import './styles/overview.css';
import { render } from 'preact';
import { App } from './app.tsx';

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
