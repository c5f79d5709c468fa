/**
 * What gitleaks does not know, and what it knows in one length only: a key that was cut, or is of a longer kind, is one too.
 * These say enough by themselves, even glued to another word.
 */
export const DISTINCT_KEYS: readonly string[] = [
  'gh[pousr]_[A-Za-z0-9]{16,}', // GitHub
  String.raw`github_pat_\w{16,}`,
  String.raw`gl(?:pat|oas|dt|rt|cbt|ptt|ft|ffct|imt|agent|soat|wt)-[\w.-]{16,}`, // GitLab
  String.raw`xox[a-z](?:\.xox[a-z])?-[\w-]{8,}`, // Slack
  String.raw`xapp-\d-[\w-]{8,}`,
  '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16,}', // AWS
  String.raw`AIza[\w-]{30,}`, // Google
  String.raw`GOCSPX-[\w-]{16,}`,
  '[sr]k_(?:live|test|prod)_[A-Za-z0-9]{8,}', // Stripe, Clerk
  'whsec_[A-Za-z0-9+/]{16,}={0,2}',
  String.raw`sk-(?:ant|proj|or|svcacct|admin|lf|kimi)-[\w-]{8,}`, // OpenAI, Anthropic, OpenRouter, Langfuse
  String.raw`SG\.[\w-]{16,}\.[\w-]{16,}`, // SendGrid
  'do[opr]_v1_[0-9a-f]{32,}', // DigitalOcean
  'shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32,}', // Shopify
  String.raw`pypi-AgE[\w-]{16,}`,
  'AGE-SECRET-KEY-1[A-Z0-9]{16,}',
  String.raw`ATATT3[\w=-]{16,}|ATCTT3[\w=-]{16,}|ATBB[A-Za-z0-9]{28,}`, // Atlassian
  String.raw`dckr_(?:pat|oat)_[\w-]{16,}`, // Docker
  String.raw`\.atlasv1\.[\w-]{32,}`, // Terraform
  String.raw`lsv2_(?:pt|sk)_\w{24,}`, // LangSmith
  String.raw`tskey-[a-z]{3,10}-[\w-]{12,}`, // Tailscale
  String.raw`(?:sntry[su]|nvapi|rubygems|pscale_(?:tkn|pw|oauth)|sbp|supabase|github_app|cfut|cfat|cfk|pnpm|ddapi|ddapp)[_-][\w+/=-]{24,}`,
  String.raw`PMAK-[0-9a-f]{20,}-[0-9a-f]{20,}`, // Postman
  String.raw`dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[\w-]{1,40}\.)?[A-Za-z0-9]{32,}`, // Doppler
  String.raw`ops_eyJ[\w+/=-]{40,}`, // 1Password
  String.raw`sq0(?:atp|csp|idp)-[\w-]{20,}`, // Square
  String.raw`NR(?:AK|II|RA|AA)-[\w-]{20,}`, // New Relic
  String.raw`xkeysib-[0-9a-f]{32,}`, // Brevo
  String.raw`figd_[\w-]{20,}`, // Figma
  String.raw`HRKU-[\w-]{30,}`, // Heroku
  String.raw`glsa_\w{30,}|glc_[A-Za-z0-9+/=]{32,}`, // Grafana
  String.raw`(?:bkua|bkct|bkat|CCIPAT|CCIPRJ|sgp|shippo_live|shippo_test|duffel_live|duffel_test|rdme|pnu|csk|ctx7sk|sk_car|sk_inst)_\w{20,}`,
  String.raw`amzn\.mws\.[0-9a-f-]{32,}`,
  String.raw`amzn1\.oa2-cs\.v1\.[0-9a-f]{40,}`,
  String.raw`[\w.~]{3}\dQ~[\w.~-]{30,}`, // Azure
];

/** Prefixes short enough to end a word, "task-…" is no key: so they must start one. */
export const SHORT_KEYS: readonly string[] = [
  String.raw`sk-[\w-]{16,}`,
  'npm_[A-Za-z0-9]{16,}',
  'hf_[A-Za-z0-9]{16,}', // Hugging Face
  'gsk_[A-Za-z0-9]{16,}', // Groq
  'r8_[A-Za-z0-9]{16,}', // Replicate
  'xai-[A-Za-z0-9]{16,}',
  'pplx-[A-Za-z0-9]{16,}',
  'ntn_[A-Za-z0-9]{16,}', // Notion
  'secret_[A-Za-z0-9]{40,}',
  'lin_(?:api|oauth)_[A-Za-z0-9]{16,}', // Linear
  'dapi[0-9a-f]{32}', // Databricks
  'key-[0-9a-f]{32}', // Mailgun
  '[0-9a-f]{32}-us\\d{1,2}', // Mailchimp
  'SK[0-9a-f]{32}', // Twilio
  String.raw`ya29\.[\w-]{16,}`, // Google OAuth
  String.raw`1//0[\w-]{30,}`,
  String.raw`hv[sbr]\.[\w-]{16,}`, // Vault
  String.raw`\d{8,10}:AA[\w-]{32,}`, // Telegram
  String.raw`[MNO][A-Za-z\d_-]{22,27}\.[\w-]{6}\.[\w-]{27,40}`, // Discord
  String.raw`00[\w-]{40}(?![\w-])`, // Okta
  String.raw`sl\.(?:[AB]|u\.)[\w-]{60,}`, // Dropbox
  String.raw`pat[A-Za-z0-9]{14}\.[0-9a-f]{32,}`, // Airtable
  String.raw`pat-(?:na|eu)\d-[0-9a-f-]{30,}`, // HubSpot
  String.raw`[12]/\d{12,}(?:/\d{12,})?:[0-9a-f]{32}`, // Asana
  String.raw`v1\.0-[0-9a-f]{24}-[0-9a-f]{100,}`, // Cloudflare
  'pul-[0-9a-f]{40}', // Pulumi
  String.raw`re_[A-Za-z0-9]{6,12}_[A-Za-z0-9]{16,}`, // Resend
  'tvly-(?:dev-|prod-)?[A-Za-z0-9-]{20,}', // Tavily
  'cio[A-Za-z0-9]{32}', // crates.io
  String.raw`f[om][12][ar]?_[\w+/=,-]{40,}`, // Fly.io
  String.raw`EAAA[\w-]{40,}|EAA[A-Za-z0-9]{60,}`, // Square, Facebook
  'sk_[0-9a-f]{40,}', // ElevenLabs
  'fw_[A-Za-z0-9]{20,}', // Fireworks
  'oy2[a-z0-9]{43}', // NuGet
  '(?:sdk|mob|api)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', // LaunchDarkly
  '[0-9a-f]{10}msh[0-9a-f]{15}p1[0-9a-f]{5}jsn[0-9a-f]{12}', // RapidAPI
  'fc-[0-9a-f]{32}', // Firecrawl
  'jina_[A-Za-z0-9]{40,}',
  'pcsk_[A-Za-z0-9_]{40,}', // Pinecone
  'vc[piark]_[A-Za-z0-9]{20,}', // Vercel
  'phx_[A-Za-z0-9]{30,}', // PostHog
  String.raw`nf[pocu]_[A-Za-z0-9]{30,}`, // Netlify
  String.raw`(?:sk|rk|pk)\.eyJ[\w-]{20,}\.[\w-]{16,}`, // Mapbox
  'tfp_[A-Za-z0-9_.-]{30,}', // Typeform
  'k8s-aws-v1\\.[\\w-]{40,}',
  'sha256~[\\w-]{32,}', // OpenShift
  String.raw`A3-[A-Z0-9]{6}-[A-Z0-9-]{20,}`, // 1Password
  String.raw`(?:cmVmd|AKCp)[A-Za-z0-9]{40,}`, // Artifactory
  String.raw`SK[a-z0-9]{2}_[\w-]{30,}`,
  String.raw`(?:access|public)-(?:sandbox|development|production)-[0-9a-f-]{36}`, // Plaid
  String.raw`sq_[\w]{40,}|sqp_[0-9a-f]{40}|squ_[0-9a-f]{40}|sqa_[0-9a-f]{40}`, // SonarQube
  String.raw`LTAI[A-Za-z0-9]{12,}`, // Alibaba
  String.raw`AKID[A-Za-z0-9]{32}`, // Tencent
  String.raw`t1\.[A-Z0-9a-z_-]+={0,2}\.[A-Z0-9a-z_-]{86}={0,2}`, // Yandex
  String.raw`API-[A-Z0-9]{25,}`, // Octopus
];
