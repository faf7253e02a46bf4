// Lists a city's public requests and keeps the list fresh while the page is open.
const city = new URLSearchParams(location.search).get("city") ?? "http://localhost:8000";
const said = document.getElementById("said");
let isReading = false;
let isStale = false;

// One reading at a time: a slow answer must not overwrite a newer one, and a hint that comes meanwhile asks once more.
async function read() {
  isStale = true;
  if (isReading) return;
  isReading = true;
  try {
    while (isStale) {
      isStale = false;
      const answer = await fetch(`${city}/api/requests/v1/requests?limit=50`);
      const body = await answer.json();
      if (!answer.ok) throw new Error(body.detail);
      document.getElementById("requests").replaceChildren(...body.items.map((request) => {
        const line = document.createElement("li");
        line.textContent = `${request.ref} ${request.title.text}: ${request.status.label_text}`; // Never as HTML: people wrote it.
        return line;
      }));
      said.textContent = `As of ${new Date().toLocaleTimeString()}.`;
    }
  } catch (error) {
    said.textContent = `The city did not answer: ${error.message}`;
  } finally {
    isReading = false;
  }
}

// A hint says that something moved, not what; the browser opens a broken line anew by itself, and then we look too.
const hints = new EventSource(`${city}/api/portal/v1/live?keys=*`);
hints.addEventListener("hint", read);
hints.addEventListener("open", read);
read();
