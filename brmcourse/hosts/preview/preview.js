// The page follows its file: it asks whether the file was saved, and the server answers when it was, or after a while.

const AGAIN = 2000; // ms until a preview that has ended is asked again
const { version } = document.getElementById("content").dataset;

async function current() {
  try {
    const reply = await fetch(`/changes?since=${version}`);
    if (reply.ok) return (await reply.json()).version;
  } catch {
    // It has ended, and may be started again.
  }
  await new Promise((done) => setTimeout(done, AGAIN));
  return version;
}

while ((await current()) === version);
location.reload();
