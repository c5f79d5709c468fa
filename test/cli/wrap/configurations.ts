/** A configuration as clients, their documents and their users write it. */
export interface Sample {
  readonly title: string;
  readonly file: string;
  readonly text: string;
  /** How many servers are wrapped, and how many are left. */
  readonly wraps: number;
  readonly leaves: number;
}

const json = (title: string, wraps: number, leaves: number, text: string, file = 'mcp.json'): Sample => ({
  title,
  file,
  text,
  wraps,
  leaves,
});
const toml = (title: string, wraps: number, leaves: number, text: string): Sample =>
  json(title, wraps, leaves, text, 'config.toml');

const DESKTOP = `{
  "mcpServers": {
    "filesystem": {
      "command": "npx",
      "args": ["-y", "@modelcontextprotocol/server-filesystem", "/Users/ada/Desktop", "/Users/ada/Downloads"]
    },
    "memory": {
      "command": "docker",
      "args": ["run", "-i", "-v", "claude-memory:/app/dist", "--rm", "mcp/memory"],
      "env": { "MEMORY_FILE_PATH": "/data/memory.json" }
    }
  }
}
`;

export const SAMPLES: readonly Sample[] = [
  json('Claude Desktop, two servers', 2, 0, DESKTOP, 'claude_desktop_config.json'),
  json('Claude Desktop, Windows line ends', 2, 0, DESKTOP.replaceAll('\n', '\r\n')),
  json('Claude Desktop, with the mark of Windows editors', 2, 0, `\ufeff${DESKTOP}`),
  json('Claude Desktop, without an end of the last line', 2, 0, DESKTOP.trimEnd()),
  json('Claude Desktop, one line', 2, 0, JSON.stringify(JSON.parse(DESKTOP))),
  json('Claude Desktop, tabs', 2, 0, JSON.stringify(JSON.parse(DESKTOP), undefined, '\t')),
  json('Claude Desktop, no servers', 0, 0, '{\n  "mcpServers": {}\n}\n'),
  json('Claude Desktop, nothing of servers', 0, 0, '{"globalShortcut": "Ctrl+Space"}'),
  json(
    'Claude Desktop on Windows',
    3,
    0,
    String.raw`{
  "mcpServers": {
    "a": { "command": "C:\\Program Files\\nodejs\\node.exe", "args": ["C:\\Users\\Ada L\\server.js"] },
    "b": { "command": "cmd", "args": ["/c", "npx", "-y", "@playwright/mcp@latest"] },
    "c": { "command": "C:\\tools\\server.exe" }
  }
}`,
  ),
  json(
    'Claude Code, the user’s file with projects and much else',
    3,
    1,
    `{
  "numStartups": 34,
  "tipsHistory": { "shift-enter": 3 },
  "oauthAccount": { "accountUuid": "00000000-0000-4000-8000-000000000000" },
  "projects": {
    "/home/ada/work": {
      "allowedTools": [],
      "mcpServers": {
        "airtable": {
          "type": "stdio",
          "command": "npx",
          "args": [
            "-y",
            "airtable-mcp-server"
          ],
          "env": {
            "AIRTABLE_API_KEY": "patKEY"
          }
        }
      },
      "history": ["mcpServers", "command"]
    },
    "/home/ada/other": { "mcpServers": {} },
    "/home/ada/third": { "mcpServers": { "time": { "type": "stdio", "command": "uvx", "args": ["mcp-server-time"], "env": {} } } }
  },
  "mcpServers": {
    "sentry": { "type": "http", "url": "https://mcp.sentry.dev/mcp" },
    "git": { "type": "stdio", "command": "uvx", "args": [], "env": {} }
  }
}`,
    '.claude.json',
  ),
  json(
    'Claude Code, a project’s file with variables',
    1,
    2,
    `{
  "mcpServers": {
    "shared": {
      "command": "\${TOOLS:-/opt/tools}/server",
      "args": ["--root", "\${PWD}"],
      "env": {"CACHE_DIR": "/tmp"}
    },
    "api": {"type": "sse", "url": "\${API_BASE_URL:-https://api.example.com}/sse", "headers": {"Authorization": "Bearer \${API_KEY}"}},
    "ws": {"type": "ws", "url": "wss://example.com"}
  }
}
`,
    '.mcp.json',
  ),
  json(
    'Cursor, no arguments',
    1,
    0,
    '{\n  "mcpServers": {\n    "a": {\n      "command": "server"\n    }\n  }\n}',
  ),
  json(
    'Cursor, arguments before the command, and a file of variables',
    1,
    0,
    `{
  "mcpServers": {
    "server-name": {
      "args": ["mcp-server.py", "--dir", "\${workspaceFolder}"],
      "type": "stdio",
      "command": "python",
      "envFile": ".env",
      "env": {
        "API_KEY": "\${env:API_KEY}"
      }
    }
  }
}
`,
  ),
  json(
    'Cursor, remote with keys',
    0,
    1,
    '{"mcpServers":{"linear":{"url":"https://mcp.linear.app/sse","headers":{"X-Key":"v"}}}}',
  ),
  json(
    'Cursor, a server that is off, and one with comments',
    2,
    0,
    `{
  // Servers of the team
  "mcpServers": {
    "off": { "command": "uvx", "args": ["a"], "disabled": true },
    /* the next one
       is slow */
    "on": {
      "command": /* not npx */ "uvx", // why not
      "args": [ // the package
        "b", // pinned: "1.2"
        "--flag", /* last */
      ],
    },
  },
}
`,
  ),
  json(
    'VS Code, inputs and servers',
    1,
    1,
    `{
	"inputs": [
		{ "type": "promptString", "id": "perplexity-key", "description": "Perplexity API Key", "password": true }
	],
	"servers": {
		"github": { "type": "http", "url": "https://api.githubcopilot.com/mcp" },
		"perplexity": {
			"type": "stdio",
			"command": "npx",
			"args": ["-y", "server-perplexity-ask"],
			"env": { "PERPLEXITY_API_KEY": "\${input:perplexity-key}" }
		}
	}
}
`,
    '.vscode/mcp.json',
  ),
  json(
    'VS Code, in development and in a sandbox',
    1,
    2,
    `{
  "servers": {
    "mine": { "command": "node", "args": ["\${workspaceFolder}/out/main.js"], "dev": { "watch": "out/**/*.js", "debug": { "type": "node" } } },
    "boxed": { "command": "npx", "args": ["-y", "x"], "sandboxEnabled": true },
    "free": { "command": "npx", "args": ["-y", "x"], "sandboxEnabled": false }
  }
}`,
    '.vscode/mcp.json',
  ),
  json(
    'VS Code, old settings',
    1,
    0,
    `// Place your settings in this file
{
    "editor.fontSize": 14,
    "mcp": {
        "inputs": [],
        "servers": {
            "time": {
                "command": "python",
                "args": [
                    "-m",
                    "mcp_server_time",
                    "--local-timezone=America/Los_Angeles",
                ],
                "env": {},
            },
        },
    },
    "files.exclude": { "**/.git": true },
}`,
    'settings.json',
  ),
  json(
    'Windsurf, a server by URL and one that is off',
    1,
    1,
    `{
  "mcpServers": {
    "github-mcp-server": {
      "command": "docker",
      "args": ["run", "-i", "--rm", "-e", "GITHUB_PERSONAL_ACCESS_TOKEN", "ghcr.io/github/github-mcp-server"],
      "env": { "GITHUB_PERSONAL_ACCESS_TOKEN": "\${env:GITHUB_TOKEN}" },
      "disabled": true, "disabledTools": ["x"]
    },
    "remote": { "serverUrl": "https://example.com/mcp", "headers": { "API_KEY": "Bearer \${env:AUTH_TOKEN}" } }
  }
}`,
    'mcp_config.json',
  ),
  json(
    'Gemini CLI, comments, filters and trust',
    2,
    2,
    `{
  /* Gemini */ "theme": "Default",
  "mcp": { "allowed": ["pythonTools"] },
  "mcpServers": {
    "pythonTools": {
      "command": "python",
      "args": ["-m", "my_mcp_server", "--port", "8080"],
      "cwd": "./mcp-servers/python",
      "env": { "DATABASE_URL": "$DB_CONNECTION_STRING", "API_KEY": "\${EXTERNAL_API_KEY}" },
      "timeout": 15000
    },
    "nodeServer": { "command": "node", "args": ["dist/server.js", "--verbose"], "trust": true }, // ours
    "httpServer": { "httpUrl": "http://localhost:3000/mcp", "timeout": 5000 },
    "both": { "command": "node", "url": "http://localhost:8080/sse" }
  }
}
`,
    'settings.json',
  ),
  json(
    'Copilot, local servers',
    1,
    0,
    '{ "mcpServers": { "a": { "type": "local", "command": "npx", "args": [ "a" ], "tools": ["*"] } } }',
  ),
  json(
    'what no client takes',
    0,
    9,
    `{ "mcpServers": {
  "null": null, "text": "npx", "list": ["npx"], "nothing": {},
  "number": { "command": 1 }, "words": { "command": ["npx", "x"] },
  "numbers": { "command": "npx", "args": ["--port", 8080] }, "object": { "command": "npx", "args": { "0": "x" } },
  "empty": { "command": "" }
} }`,
  ),
  json(
    'a command of several words',
    1,
    2,
    `{"mcpServers":{"a":{"command":"npx -y server"},"b":{"command":"python server.py","args":[]},
"c":{"command":"/Applications/My Tool.app/server","args":[]}}}`,
  ),
  json(
    'names that are there twice',
    2,
    2,
    `{"mcpServers": {
  "a": {"command": "a", "command": "b"}, "b": {"command": "a", "args": [], "args": ["x"]},
  "c": {"command": "first"}, "c": {"command": "second", "env": {"A": "1", "A": "2"}}
}}`,
  ),
  json(
    'escapes in names and values',
    2,
    0,
    String.raw`{"mcp\u0053ervers": {"\u00e9t\u00e9": {"\u0063ommand": "\u0075vx", "args": ["\ud83d\ude00", "a\/b", "\"\\\n"]},
"été ☀": {"command": "\/usr\/bin\/uvx", "\u0061rgs": []}}}`,
  ),
  json(
    'empty lists in every form',
    6,
    0,
    `{"mcpServers": {"a": {"command": "x", "args": []}, "b": {"command": "x", "args": [ ]}, "c": {"command": "x", "args": [
  ]}, "d": {"args":[\t],"command":"x"}, "e": {"command": "x", "args": [/* none */]}, "f": {"command": "x", "args": [// none
]}}}`,
  ),
  json(
    'lists that begin in every way',
    6,
    0,
    `{"mcpServers": {"a": {"command": "x", "args": ["1"]}, "b": {"command": "x", "args": [ "1"]}, "c": {"command": "x", "args": [  "1" ]},
"d": {"command": "x", "args": [\t"1"]}, "e": {"command": "x", "args": [/* one */"1"]}, "f": {"command": "x", "args": [\r\n"1",
]}}}`,
  ),
  json(
    'no lists, in every place',
    5,
    0,
    `{"mcpServers": {"a": {"command": "x"}, "b": { "command": "x" }, "c": {"command":"x","env":{}}, "d": {
      "command" : "x", // why
    }, "e": {"env": {"args": "1"}, /* now */ "command" /* comes */ : /* the */ "x" /* command */ , "cwd": "."}}}`,
  ),
  json(
    'this package itself',
    1,
    1,
    `{"mcpServers": {
  "own": {"command": "npx", "args": ["-y", "mcp-sessionscope", "mcp"]},
  "bare": {"command": "uvx", "args": ["a"]}
}}`,
  ),
  json('old Macintosh line ends', 1, 0, '{"mcpServers": {\r"a": {\r  "command": "x"\r}}}'),
  toml(
    'Codex, as it is documented',
    1,
    1,
    `model = "gpt-5.2-codex"

[mcp_servers.context7]
command = "npx"
args = ["-y", "@upstash/context7-mcp"]

[mcp_servers.context7.env]
MY_ENV_VAR = "MY_ENV_VALUE"

[mcp_servers.figma]
url = "https://mcp.figma.com/mcp"
bearer_token_env_var = "FIGMA_OAUTH_TOKEN"
http_headers = { "X-Figma-Region" = "us-east-1" }
`,
  ),
  toml(
    'Codex, Windows line ends',
    2,
    0,
    '[mcp_servers.a]\r\ncommand = "x"\r\n[mcp_servers.b]\r\ncommand = "y"\r\nargs = []\r\n',
  ),
  toml('Codex, no end of the last line', 1, 0, '[mcp_servers.a]\ncommand = "x"'),
  toml(
    'Codex, inline tables',
    3,
    0,
    `[mcp_servers]
a = { command = "npx", args = ["-y", "x"], env = { A = "1" } }
b = {command="uvx"} # why
"c d" = { args = [], command = 'C:\\tools\\x.exe', enabled = false }
`,
  ),
  toml(
    'Codex, dotted names',
    2,
    0,
    `mcp_servers.a.command = "x" # one
mcp_servers.a.env.A = "1"
mcp_servers . "b" . command = "y"
mcp_servers . "b" . args = [ "1" ]
`,
  ),
  toml('Codex, all inline', 1, 0, 'mcp_servers = { a = { command = "x", args = ["1"] } }\n'),
  toml(
    'Codex, lists over several lines with comments',
    2,
    0,
    `[mcp_servers.a]
args = [ # the package
  "-y", # yes
  'x',
] # end
command = 'npx' # last

  [ mcp_servers.'b' ]  # indented
  command="""
uvx"""
  args=[
  ]
`,
  ),
  toml(
    'Codex, kinds of texts',
    2,
    0,
    String.raw`[mcp_servers.a]
command = "\u0075vx"
args = ['''
many
lines''', """a\
   b""", "\t\"", '\']
[mcp_servers.b]
	command	=	'''uvx'''
`,
  ),
  toml(
    'Codex, what it does not take',
    0,
    4,
    `[mcp_servers]
text = "npx"
[mcp_servers.nothing]
startup_timeout_sec = 20
[mcp_servers.number]
command = 1
[mcp_servers.numbers]
command = "x"
args = ["--port", 8080]
[[mcp_servers.list]]
command = "x"
`,
  ),
  toml('Codex, no servers', 0, 0, 'model = "o3" # none\n[tui]\nnotifications = true\n'),
  toml('Codex, an empty file', 0, 0, ''),
  toml(
    'Codex, with what else it keeps',
    1,
    0,
    `\ufeff# Codex
approval_policy = "on-request"
when = 2026-11-28T20:00:00Z

[profiles.fast]
model = "x"
[[hooks]]
name = "a"

[mcp_servers.time]
  command = "uvx"
  startup_timeout_sec = 30.5
  enabled_tools = ["a", "b"]
[projects."/home/ada/work"]
trust_level = "trusted"
`,
  ),
];
