/** A page that a browser has come to. */
export interface VisitedPage {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** As much of a browser as signing in takes: it keeps cookies for each host, and follows redirects. */
export class Browsing {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** The cookies that this address gets, by name; to look at, and to alter. */
  cookiesFor(url: string | URL): Map<string, string> {
    const { hostname } = new URL(url);
    const own = this.#cookies.get(hostname) ?? new Map<string, string>();
    this.#cookies.set(hostname, own);
    return own;
  }

  /** Opens an address, and follows where it leads, unless `until` says that this is it. */
  async visit(address: string | URL, until: (url: URL) => boolean = () => false): Promise<VisitedPage> {
    let url = new URL(address);
    for (let redirects = 0; redirects < 20; redirects += 1) {
      if (until(url)) return { url, status: 0, headers: new Headers(), text: '' };
      const page = await this.#get(url);
      const location = page.headers.get('location');
      if (location === null) return page;
      url = new URL(location, url);
    }
    throw new Error(`${url.href} leads around in a circle`);
  }

  async #get(url: URL): Promise<VisitedPage> {
    const cookies = this.cookiesFor(url);
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { accept: 'text/html', ...(cookie !== '' && { cookie }) },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /;\s*max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return { url, status: response.status, headers: response.headers, text: await response.text() };
  }
}
