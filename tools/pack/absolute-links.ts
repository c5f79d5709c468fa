/** The fields of package.json that say where the sources are, as npm documents them. */
export interface Manifest {
  version: string;
  repository?: string | { url: string };
}

/**
 * The address of a page of the repository, without a slash at the end; undefined where package.json names none, or one
 * that is no address of a website.
 */
export function repositoryUrl({ repository }: Manifest): string | undefined {
  const named = typeof repository === 'string' ? repository : repository?.url;
  const short = /^(?:github:)?([\w.-]+\/[\w.-]+)$/.exec(named ?? '')?.[1];
  if (short !== undefined) return `https://github.com/${short}`;
  const url = (named ?? '').replace(/^git\+/, '').replace(/^(?:ssh:\/\/)?git@([^:/]+)[:/]/, 'https://$1/');
  return /^https?:\/\//.test(url) ? url.replace(/\.git$/, '').replace(/\/$/, '') : undefined;
}

/**
 * Makes the links of a Markdown page absolute, to the files of the released version: on npm's page of the package there
 * is nothing beside the README that a relative link could lead to.
 *
 * @param text the page, from the root of the repository
 * @param base of {@link repositoryUrl}
 */
export function withAbsoluteLinks(text: string, base: string, version: string): string {
  return text.replace(
    /(!?)\[([^\]]*)\]\(([^)\s]+)\)/g,
    (link, image: string, label: string, target: string) => {
      if (/^(?:[a-z][a-z\d+.-]*:|#|\/)/i.test(target)) return link;
      return `${image}[${label}](${base}/${image === '' ? 'blob' : 'raw'}/v${version}/${target})`;
    },
  );
}
