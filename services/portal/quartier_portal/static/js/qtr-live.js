/* <qtr-live id src keys data-sequence data-said>: a part of a page that keeps itself fresh.
   The server tells by server-sent events ("hint", {"key", "sequence"}) that something has moved; the element then asks for
   the present page again until its own part of it is as new as the hint, and takes that part over. A hint with the key "*"
   says that hints were lost: look at everything. Nothing is drawn here. */

const PAUSES = [0, 150, 400, 1000, 2000, 4000];
const POLL = 15000;
const policy = self.trustedTypes?.createPolicy("quartier", { createHTML: (html) => html });
const wait = (time) => new Promise((done) => setTimeout(done, time));

/* One connection an address, however many parts of the page listen to it: browsers allow six a host. */
class Stream {
  static #open = new Map();
  static at(src) {
    if (!Stream.#open.has(src)) Stream.#open.set(src, new Stream(src));
    return Stream.#open.get(src);
  }

  listeners = new Set();
  #src;
  #polling;

  constructor(src) {
    this.#src = src;
    this.#connect();
  }

  #connect() {
    const source = new EventSource(this.#src);
    /* What moved between the making of the page and this moment was told to nobody: look once. */
    source.onopen = () => {
      clearInterval(this.#polling);
      this.#polling = undefined;
      this.#tell(null);
    };
    source.addEventListener("hint", (event) => this.#tell(JSON.parse(event.data)));
    /* The browser mends a broken line itself, with Last-Event-ID; a refused one is ours to bridge. */
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) this.#polling ??= setInterval(() => { this.#tell(null); this.#connect(); }, POLL);
    };
  }

  #tell(hint) {
    for (const listener of this.listeners) listener.hear(hint);
  }
}

class Live extends HTMLElement {
  #wanted = new Map();
  #tries = 0;
  #busy = false;
  #shown = "";

  connectedCallback() {
    this.#shown = this.innerHTML;
    Stream.at(this.getAttribute("src")).listeners.add(this);
  }

  disconnectedCallback() {
    Stream.at(this.getAttribute("src")).listeners.delete(this);
  }

  get #keys() {
    return (this.getAttribute("keys") ?? "*").split(",").map((key) => key.trim());
  }

  hear(hint) {
    if (hint === null || hint.key === "*") this.#refresh();
    else if (this.#keys.includes("*") || this.#keys.includes(hint.key)) {
      if (this.#sequenceOf(hint.key) >= hint.sequence) return;
      this.#wanted.set(hint.key, Math.max(hint.sequence, this.#wanted.get(hint.key) ?? 0));
      this.#catchUp();
    }
  }

  /* data-sequence is one number for the one key, or "key=number key=number"; undefined when it does not name the key. */
  #sequenceOf(key) {
    const said = this.dataset.sequence ?? "";
    if (/^\d+$/.test(said)) return this.#keys.join() === key ? Number(said) : undefined;
    const pair = said.split(/\s+/).find((one) => one.startsWith(`${key}=`));
    return pair && Number(pair.slice(key.length + 1));
  }

  async #catchUp() {
    this.#tries = 0;
    if (this.#busy) return;
    this.#busy = true;
    while (this.#wanted.size && this.#tries < PAUSES.length) {
      await wait(PAUSES[this.#tries++]);
      /* A hint that comes while the answer is on its way is not answered by it. */
      const asked = new Map(this.#wanted);
      const changed = await this.#refresh();
      for (const [key, sequence] of asked) {
        const known = this.#sequenceOf(key);
        const isReached = known === undefined ? changed : known >= sequence;
        if (isReached && this.#wanted.get(key) === sequence) this.#wanted.delete(key);
      }
    }
    this.#wanted.clear();
    this.#busy = false;
  }

  async #refresh() {
    const fresh = (await presentPage())?.getElementById(this.id);
    return fresh ? this.#show(fresh) : false;
  }

  #show(fresh) {
    this.dataset.sequence = fresh.dataset.sequence ?? "";
    if (fresh.innerHTML === this.#shown) return false;
    this.#shown = fresh.innerHTML;
    const focused = this.contains(document.activeElement) ? nameOf(document.activeElement) : null;
    const opened = new Map([...this.querySelectorAll("details")].map((one) => [nameOf(one), one.open]));
    this.replaceChildren(...fresh.cloneNode(true).childNodes); /* a copy: others share the answer */
    for (const one of this.querySelectorAll("details")) one.open = opened.get(nameOf(one)) ?? one.open;
    if (focused) [...this.querySelectorAll("a, button, summary, input, select, textarea, [tabindex]")].find((one) => nameOf(one) === focused)?.focus({ preventScroll: true });
    announce(this.dataset.said);
    return true;
  }
}

/* One question at a time, shared by all who ask before it leaves: an answer that was on its way already may be too old. */
let waiting;
let running = Promise.resolve();
function presentPage() {
  waiting ??= running.then(() => wait(0)).then(() => {
    waiting = undefined;
    running = ask();
    return running;
  });
  return waiting;
}

/* No answer is no news: the next hint asks again. */
async function ask() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    const text = answer.ok ? await answer.text() : "";
    return new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, "text/html");
  } catch {
    return undefined;
  }
}

/* What makes an element the same one in the next answer: its id, else its kind with its address, name or words. */
function nameOf(element) {
  const words = element.localName === "details" ? element.querySelector("summary") : element;
  return element.id || [element.localName, element.getAttribute("href") ?? element.getAttribute("name") ?? words?.textContent.trim()].join(" ");
}

let silence;
function announce(text) {
  const region = document.getElementById("announcements");
  if (!region || !text) return;
  region.textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => region.replaceChildren(), 6000);
}

customElements.define("qtr-live", Live);
